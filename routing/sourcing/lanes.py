"""Build the lanes of an order: every location with every carrier service that could carry it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from routing.ids import CarrierCode, ServiceCode
from routing.lazy import Once
from routing.network import Network
from routing.offers import LEVELS
from routing.order import Order, ServiceLevel
from routing.promise.promise import NEVER_S, LanePromises, LaneService, promise_lanes
from routing.rating.rate_card import RateCard
from routing.rating.tariff import Tariff
from routing.rating.transit import TransitDays
from routing.rating.zones import UNKNOWN_ZONE, ZoneArray
from routing.sourcing.lane_rates import Rated, best_card
from routing.sourcing.rate_area import zone_place
from routing.sourcing.ways import Ways

SPEED = (
    ServiceLevel.STANDARD,
    ServiceLevel.EXPEDITED,
    ServiceLevel.EXPRESS,
    ServiceLevel.SAME_DAY,
)
"""Service levels that carriers can satisfy, slow ones first."""

Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class LaneFacts:
    """What stands behind each lane; arrays of length ``j``, by (location, offer).

    Attributes
    ----------
    location
        int32: index into the network's locations.
    offer
        int32: index into the network's offers.
    card
        int32: index into `cards`.
    tariff
        int32: index into `tariffs`.
    zone
        int16: rate zone.
    ship, earliest, latest
        int32: proleptic ordinals; `NEVER` for unknown delivery.
    basis, on_time_percent
        int16: see `routing.rating.transit.TransitDays`.
    cutoff_s
        int64: Unix seconds of the cutoff.
    cards, tariffs
        Distinct ones.
    ways
        Where the lanes lead, if not all to the shopper's door.
    known
        What was worked out from these lanes and their network before; see `once`.
    """

    location: Int32
    offer: Int32
    card: Int32
    tariff: Int32
    zone: ZoneArray
    ship: Int32
    earliest: Int32
    latest: Int32
    basis: Int16
    on_time_percent: Int16
    cutoff_s: NDArray[np.int64]
    cards: tuple[RateCard, ...]
    tariffs: tuple[Tariff, ...]
    ways: Ways | None = None
    known: Once = field(init=False, default_factory=Once, repr=False)

    def __len__(self) -> int:
        return int(self.location.size)

    def only(self, keep: NDArray[np.intp]) -> LaneFacts:
        """Return some of the lanes, in the order given."""
        return LaneFacts(
            location=self.location[keep],
            offer=self.offer[keep],
            card=self.card[keep],
            tariff=self.tariff[keep],
            zone=self.zone[keep],
            ship=self.ship[keep],
            earliest=self.earliest[keep],
            latest=self.latest[keep],
            basis=self.basis[keep],
            on_time_percent=self.on_time_percent[keep],
            cutoff_s=self.cutoff_s[keep],
            cards=self.cards,
            tariffs=self.tariffs,
            ways=None if self.ways is None else self.ways.only(keep),
        )

    def once(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Return what `make` makes, made only once for these lanes: many orders share them.

        As `Once.get`.
        """
        return self.known.get(key, make)

    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """Return everything that has an entry per lane."""
        return (
            self.location,
            self.offer,
            self.card,
            self.tariff,
            self.zone,
            self.ship,
            self.earliest,
            self.latest,
            self.basis,
            self.on_time_percent,
            self.cutoff_s,
        )


_NO_INT32 = np.zeros(0, dtype=np.int32)

NO_LANES = LaneFacts(
    location=_NO_INT32,
    offer=_NO_INT32,
    card=_NO_INT32,
    tariff=_NO_INT32,
    zone=np.zeros(0, dtype=np.int16),
    ship=_NO_INT32,
    earliest=_NO_INT32,
    latest=_NO_INT32,
    basis=np.zeros(0, dtype=np.int16),
    on_time_percent=np.zeros(0, dtype=np.int16),
    cutoff_s=np.zeros(0, dtype=np.int64),
    cards=(),
    tariffs=(),
)


def make_lanes(order: Order, network: Network, processing_days: int) -> tuple[LaneFacts, datetime]:
    """Return every lane with a price to the order's destination.

    The second value is until when, exclusive, orders placed from this one on have the same
    lanes.

    Parameters
    ----------
    order
        Destination, placed time and service level; nothing else of it counts.
    network
        Offers, rate cards, zones, calendars.
    processing_days
        Working days the items need on top of the locations' own.
    """
    zones, transit = zones_and_transit(order, network)
    location, offer = np.nonzero(offered(order, network, zones).T)
    promises = promise_lanes(
        network.schedules,
        lane_services(network),
        location,
        offer,
        transit.fewest[offer, location],
        transit.most[offer, location],
        order.placed_time,
        processing_days,
    )
    facts, _ = priced(order, network, location, offer, zones, transit, promises)
    return facts, _same_until(promises, network, order.placed_time)


def priced(
    order: Order,
    network: Network,
    location: NDArray[np.intp],
    offer: NDArray[np.intp],
    zones: ZoneArray,
    transit: TransitDays,
    promises: LanePromises,
) -> tuple[LaneFacts, NDArray[np.intp]]:
    """Return those of some lanes that have a price, and their positions among them.

    Parameters
    ----------
    location, offer
        intp ``[lane]``.
    zones, transit
        ``[o, l]``, see `zones_and_transit`.
    promises
        Of each lane.
    """
    zone = zones[offer, location]
    rated = Rated.of(order, network, offer, zone, promises.ship)
    kept = np.flatnonzero(rated.tariff >= 0)
    facts = LaneFacts(
        location=location[kept].astype(np.int32),
        offer=offer[kept].astype(np.int32),
        card=rated.card[kept],
        tariff=rated.tariff[kept],
        zone=zone[kept],
        ship=promises.ship[kept],
        earliest=promises.earliest[kept],
        latest=promises.latest[kept],
        basis=transit.basis[offer, location][kept],
        on_time_percent=transit.on_time_percent[offer, location][kept],
        cutoff_s=promises.cutoff_s[kept],
        cards=rated.cards,
        tariffs=rated.tariffs,
    )
    return facts, kept


def _same_until(promises: LanePromises, network: Network, placed_time: datetime) -> datetime:
    """Return when a lane may next change, after an order placed at `placed_time`.

    Cards are looked up by the day in UTC. A lane that ships keeps its ship date up to its
    cutoff; one that never ships does not until the local day is over.
    """
    placed = placed_time.astimezone(UTC)
    until = _midnight_after(placed)
    ships = promises.cutoff_s != NEVER_S
    if ships.any():
        until = min(until, datetime.fromtimestamp(int(promises.cutoff_s[ships].min()), UTC))
    if not ships.all():
        zones = {schedule.zone for schedule in network.schedules.distinct}
        until = min([until, *(_midnight_after(placed.astimezone(zone)) for zone in zones)])
    return until


def _midnight_after(local: datetime) -> datetime:
    midnight = datetime.combine(local.date() + timedelta(days=1), time(0), tzinfo=local.tzinfo)
    return midnight.astimezone(UTC)


def fast_enough(order: Order, network: Network) -> NDArray[np.bool_]:
    """Return bool ``[o, l]``: offers at least as fast as the shopper was told."""
    if order.service_level not in SPEED or order.service_level is ServiceLevel.STANDARD:
        return np.ones(network.offers.level.shape, dtype=np.bool_)
    enough = [LEVELS.index(level) for level in SPEED[SPEED.index(order.service_level) :]]
    fast: NDArray[np.bool_] = np.isin(network.offers.level, enough)
    return fast


def offered(order: Order, network: Network, zones: ZoneArray) -> NDArray[np.bool_]:
    """Return bool ``[o, l]``: a location has a service that is fast enough and has a zone."""
    found: NDArray[np.bool_] = (
        network.offers.offered & fast_enough(order, network) & (zones != UNKNOWN_ZONE)
    )
    return found


def lane_services(network: Network) -> list[LaneService]:
    """Return the services of the network's offers, as promises see them."""
    return [_lane_service(network, service) for service in network.offers.services]


def _lane_service(network: Network, service: tuple[CarrierCode, ServiceCode]) -> LaneService:
    table = network.transit.get(service)
    return LaneService(*service) if table is None else LaneService(*service, table.delivers)


def zones_and_transit(order: Order, network: Network) -> tuple[ZoneArray, TransitDays]:
    """Return rate zone and business days in transit, each ``[o, l]``."""
    place = zone_place(order.destination)
    dest_zip3 = None if place.zip5 is None else int(place.zip5[:3])
    shape = network.offers.offered.shape
    zones = np.full(shape, UNKNOWN_ZONE, dtype=np.int16)
    transit = TransitDays.unknown(shape)
    by_scheme: dict[str, ZoneArray] = {}
    today = order.placed_time.date()
    for number, service in enumerate(network.offers.services):
        card = best_card(network, number, today)
        if card is None:
            continue
        if card.zone_scheme not in by_scheme:
            resolver = network.zone_resolvers[card.zone_scheme]
            by_scheme[card.zone_scheme] = resolver.zones(network.origins, place)
        zones[number] = by_scheme[card.zone_scheme]
        table = network.transit.get(service)
        if table is not None:
            transit.put_row(
                number, table.business_days(zones[number], network.origins.zip3, dest_zip3)
            )
    return zones, transit
