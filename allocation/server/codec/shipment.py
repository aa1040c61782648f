"""Shipments and their parcels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from google.type import date_pb2

from allocation.plan import (
    PlannedParcel,
    PlannedShipment,
    ShipmentKind,
    TransferLeg,
)
from allocation.server.codec.carrier_service import SERVICE_LEVELS
from allocation.server.codec.cost import cost_bytes
from allocation.server.codec.decimal import encode_decimal
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.money import encode_money
from allocation.server.codec.times import encode_date, encode_time
from allocation.server.codec.transit import BASES
from allocation.server.codec.wire import decimal, nested, number, tag_of, text
from allocation.v1 import shipment_pb2
from routing.ids import CarrierCode, LocationId, RateCardId, ServiceCode
from routing.order import ServiceLevel
from routing.rating.transit import TransitBasis
from routing.v1 import carrier_service_pb2

KINDS: Final = EnumTable(shipment_pb2.ShipmentKind, "SHIPMENT_KIND", ShipmentKind)
NamesOnCard = Callable[[RateCardId], tuple[str, str] | None]
"""Gives carrier and service as they stand on a rate card, ``None`` if that is not known."""


def encode_shipment(
    shipment: PlannedShipment, currency: str, names: NamesOnCard
) -> shipment_pb2.Shipment:
    """Return a shipment."""
    return shipment_pb2.Shipment.FromString(shipment_bytes(shipment, currency, names))


def shipment_bytes(
    shipment: PlannedShipment, currency: str, names: NamesOnCard, cost: bytes | None = None
) -> bytes:
    """Return the bytes of a shipment; what all shipments on a lane have in common is kept.

    Parameters
    ----------
    cost
        The bytes of its cost, where these are known.
    """
    card_id = shipment.rate_card_id
    parts = [
        number(_NUMBER, shipment.number),
        _carriage(
            shipment.location_id,
            shipment.carrier,
            shipment.service,
            shipment.service_level,
            shipment.rate_zone,
            card_id,
            shipment.rate_card_effective_from,
            shipment.kind,
            names(card_id),
        ),
    ]
    for parcel in shipment.parcels:
        parts.append(nested(_PARCELS, parcel_bytes(parcel, currency)))  # noqa: PERF401
    parts += (
        _days(
            shipment.ship_date,
            shipment.earliest_delivery_date,
            shipment.latest_delivery_date,
            shipment.distance_m,
        ),
        nested(_COST, cost_bytes(shipment.cost, currency) if cost is None else cost),
        _rest(
            shipment.cutoff_time,
            shipment.kind,
            shipment.to_location_id,
            shipment.legs,
            shipment.rate_card_source,
            shipment.transit_basis,
            shipment.on_time_percent,
            currency,
        ),
    )
    return b"".join(parts)


_NUMBER: Final = tag_of(shipment_pb2.Shipment, "number")
_PARCELS: Final = tag_of(shipment_pb2.Shipment, "parcels")
_COST: Final = tag_of(shipment_pb2.Shipment, "cost")


@lru_cache(maxsize=1 << 13)
def _carriage(
    location_id: LocationId,
    carrier: CarrierCode,
    service: ServiceCode,
    level: ServiceLevel,
    rate_zone: int,
    card_id: RateCardId,
    effective_from: date | None,
    kind: ShipmentKind,
    on_card: tuple[str, str] | None,
) -> bytes:
    """Return the fields before the parcels."""
    return shipment_pb2.Shipment(
        location_id=location_id,
        carrier_service=_carrier_service(carrier, service, level, kind, on_card),
        rate_zone=rate_zone,
        rate_card_id=card_id,
        rate_card_effective_from=_day(effective_from),
    ).SerializeToString(deterministic=True)


@lru_cache(maxsize=1 << 13)
def _days(
    ship: date | None, earliest: date | None, latest: date | None, distance_m: int | None
) -> bytes:
    """Return the fields between the parcels and the cost."""
    return shipment_pb2.Shipment(
        ship_date=_day(ship),
        earliest_delivery_date=_day(earliest),
        latest_delivery_date=_day(latest),
        distance_m=distance_m,
    ).SerializeToString(deterministic=True)


@lru_cache(maxsize=1 << 13)
def _rest(
    cutoff: datetime | None,
    kind: ShipmentKind,
    to_location_id: LocationId | None,
    legs: tuple[TransferLeg, ...],
    source: str,
    basis: TransitBasis | None,
    on_time_percent: int | None,
    currency: str,
) -> bytes:
    """Return the fields after the cost."""
    message = shipment_pb2.Shipment(
        cutoff_time=None if cutoff is None else encode_time(cutoff),
        kind=KINDS.encode(kind),
        to_location_id=to_location_id or "",
        legs=[_leg(leg, currency) for leg in legs],
        rate_card_source=source,
    )
    if basis is not None:
        message.delivery_confidence.CopyFrom(
            shipment_pb2.DeliveryConfidence(
                basis=BASES.encode(basis), on_time_percent=on_time_percent or 0
            )
        )
    return message.SerializeToString(deterministic=True)


def _day(day: date | None) -> date_pb2.Date | None:
    return None if day is None else encode_date(day)


def _leg(leg: TransferLeg, currency: str) -> shipment_pb2.TransferLeg:
    return shipment_pb2.TransferLeg(
        from_location_id=leg.from_location_id,
        ship_date=encode_date(leg.ship_date),
        arrival_date=encode_date(leg.arrival_date),
        cost=encode_money(leg.cost_minor, currency),
    )


def delivery_dates(
    shipments: Sequence[PlannedShipment],
) -> tuple[date | None, date | None]:
    """Return the day on which the first shipment may come, and the day by which all have.

    Either is ``None`` when it is not known of every shipment, or there is none.
    """
    earliest = [each.earliest_delivery_date for each in shipments]
    first = min((day for day in earliest if day is not None), default=None)
    return None if None in earliest else first, latest_delivery(shipments)


def latest_delivery(shipments: Sequence[PlannedShipment]) -> date | None:
    """Return the day by which all shipments have come; ``None`` as for `delivery_dates`."""
    latest: date | None = None
    for shipment in shipments:
        day = shipment.latest_delivery_date
        if day is None:
            return None
        if latest is None or day > latest:
            latest = day
    return latest


def encode_carrier_service(
    shipment: PlannedShipment, names: NamesOnCard
) -> carrier_service_pb2.CarrierService | None:
    """Return the carrier service as the rate card names it; ``None`` if no carrier comes."""
    return _carrier_service(
        shipment.carrier,
        shipment.service,
        shipment.service_level,
        shipment.kind,
        names(shipment.rate_card_id),
    )


def _carrier_service(
    carrier: CarrierCode,
    service: ServiceCode,
    level: ServiceLevel,
    kind: ShipmentKind,
    on_card: tuple[str, str] | None,
) -> carrier_service_pb2.CarrierService | None:
    if kind is not ShipmentKind.DELIVERY:
        return None
    carrier_name, service_name = on_card or (str(carrier), str(service))
    return carrier_service_pb2.CarrierService(
        carrier=carrier_name,
        service=service_name,
        service_level=SERVICE_LEVELS.encode(level),
    )


def parcel_bytes(parcel: PlannedParcel, currency: str) -> bytes:
    """Return the bytes of a parcel."""
    parts = [
        nested(
            _CONTENTS,
            text(_LINE_ID, content.line_id)
            + decimal(_QUANTITY, content.quantity)
            + (text(_ITEM_ID, content.item_id) if content.item_id else b""),
        )
        for content in parcel.contents
    ]
    parts += (
        _sizes(parcel.weight_ug, parcel.billable_weight_ug, parcel.volume_nl),
        nested(_PARCEL_COST, cost_bytes(parcel.cost, currency)),
        number(_COUNT, parcel.count),
        text(_CARTON_ID, parcel.carton_id) if parcel.carton_id else b"",
    )
    return b"".join(parts)


_CONTENTS: Final = tag_of(shipment_pb2.Parcel, "contents")
_PARCEL_COST: Final = tag_of(shipment_pb2.Parcel, "cost")
_COUNT: Final = tag_of(shipment_pb2.Parcel, "count")
_CARTON_ID: Final = tag_of(shipment_pb2.Parcel, "carton_id")
_LINE_ID: Final = tag_of(shipment_pb2.ParcelContent, "line_id")
_QUANTITY: Final = tag_of(shipment_pb2.ParcelContent, "quantity")
_ITEM_ID: Final = tag_of(shipment_pb2.ParcelContent, "inventory_item_id")


@lru_cache(maxsize=1 << 13)
def _sizes(weight_ug: int, billable_weight_ug: int, volume_nl: int) -> bytes:
    """Return weights and volume; micrograms are millionths of a gram, nl thousandths of a mm3."""
    return shipment_pb2.Parcel(
        weight_g=encode_decimal(weight_ug, 6),
        billable_weight_g=encode_decimal(billable_weight_ug, 6),
        volume_mm3=encode_decimal(volume_nl, 3),
    ).SerializeToString(deterministic=True)
