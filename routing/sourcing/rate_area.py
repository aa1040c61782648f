"""Rate areas: how much of a destination rate zones depend on."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from routing.geo.military import is_military_zip3
from routing.ids import RateCardId
from routing.network import Network
from routing.order import Destination
from routing.rating.address_kind import AddressKind
from routing.rating.delivery_area import areas_of
from routing.rating.zone_place import ZoneOrigins, ZonePlace
from routing.rating.zone_resolver import ZoneResolver

DeliveryAreas = tuple[tuple[RateCardId, frozenset[str]], ...]


def zone_place(destination: Destination) -> ZonePlace:
    """Return a destination as zone resolvers take it."""
    return ZonePlace(destination.country or "", destination.postal_code, destination.coordinates)


def rate_area(network: Network, destination: Destination) -> Hashable:
    """Return a key: destinations with equal keys are in equal rate zones from everywhere.

    Zones are drawn between three-digit ZIP areas, so most addresses of an area share a
    key, whatever their coordinates. Where that is not certain, the key is the place itself.
    """
    place = zone_place(destination)
    zip5 = place.zip5
    if zip5 is None:
        return place.country_code, None, place.coordinates if place.is_us else None
    known = network.memo.get(("by_area", zip5))
    if known is None:
        known = all(
            _goes_by_area(resolver, network.origins, zip5)
            for resolver in network.zone_resolvers.values()
        )
        network.memo.put(("by_area", zip5), known, 0)
    if known:
        return place.country_code, zip5[:3], None
    return place.country_code, zip5, place.coordinates


def address_kinds(destination: Destination) -> frozenset[AddressKind]:
    """Return what about an address may keep a carrier away."""
    found = {AddressKind.PO_BOX} if destination.po_box else set[AddressKind]()
    zip5 = zone_place(destination).zip5
    if zip5 is not None and is_military_zip3(zip5[:3]):
        found.add(AddressKind.MILITARY)
    return frozenset(found)


def delivery_areas(network: Network, destination: Destination) -> DeliveryAreas:
    """Return which delivery areas of which cards a destination lies in.

    Cards of which it lies in none are left out.
    """
    listed = network.cards.with_areas
    if not listed:
        return ()
    found = (
        (card.id, areas_of(card.areas, destination.country, destination.postal_code))
        for card in listed
    )
    return tuple((card_id, names) for card_id, names in found if names)


def _goes_by_area(resolver: ZoneResolver, origins: ZoneOrigins, zip5: str) -> bool:
    """Whether a resolver looks at the first three digits of a ZIP and nothing else."""
    if resolver.bands.exception_for(zip5) is not None:
        return False
    means = resolver.zip3_table.lat_mean_deg
    if np.isnan(means[int(zip5[:3])]):
        return False
    # An origin without a mean is placed by coordinates, and so is its way to the destination.
    zip3 = origins.zip3[origins.is_us]
    return bool((zip3 >= 0).all() and not np.isnan(means[zip3]).any())
