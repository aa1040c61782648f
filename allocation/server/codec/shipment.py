"""Shipments and their parcels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from google.type import date_pb2

from allocation.plan import (
    ParcelContent,
    PlannedParcel,
    PlannedShipment,
    ShipmentKind,
    TransferLeg,
)
from allocation.server.codec.carrier_service import SERVICE_LEVELS
from allocation.server.codec.cost import encode_cost
from allocation.server.codec.decimal import encode_decimal, encode_quantity
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.money import encode_money
from allocation.server.codec.times import encode_date, encode_time
from allocation.server.codec.transit import BASES
from allocation.v1 import shipment_pb2
from routing.ids import RateCardId
from routing.v1 import carrier_service_pb2

KINDS: Final = EnumTable(shipment_pb2.ShipmentKind, "SHIPMENT_KIND", ShipmentKind)
NamesOnCard = Callable[[RateCardId], tuple[str, str] | None]
"""Gives carrier and service as they stand on a rate card, ``None`` if that is not known."""


def encode_shipment(
    shipment: PlannedShipment, currency: str, names: NamesOnCard
) -> shipment_pb2.Shipment:
    """Return a shipment."""
    message = shipment_pb2.Shipment(
        number=shipment.number,
        location_id=shipment.location_id,
        carrier_service=encode_carrier_service(shipment, names),
        rate_zone=shipment.rate_zone,
        rate_card_id=shipment.rate_card_id,
        rate_card_effective_from=_day(shipment.rate_card_effective_from),
        parcels=[encode_parcel(parcel, currency) for parcel in shipment.parcels],
        ship_date=_day(shipment.ship_date),
        earliest_delivery_date=_day(shipment.earliest_delivery_date),
        latest_delivery_date=_day(shipment.latest_delivery_date),
        distance_m=shipment.distance_m,
        cost=encode_cost(shipment.cost, currency),
        kind=KINDS.encode(shipment.kind),
        to_location_id=shipment.to_location_id or "",
        legs=[_leg(leg, currency) for leg in shipment.legs],
        rate_card_source=shipment.rate_card_source,
    )
    if shipment.transit_basis is not None:
        message.delivery_confidence.CopyFrom(
            shipment_pb2.DeliveryConfidence(
                basis=BASES.encode(shipment.transit_basis),
                on_time_percent=shipment.on_time_percent or 0,
            )
        )
    if shipment.cutoff_time is not None:
        message.cutoff_time.CopyFrom(encode_time(shipment.cutoff_time))
    return message


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
    latest = [each.latest_delivery_date for each in shipments]
    first = min((day for day in earliest if day is not None), default=None)
    last = max((day for day in latest if day is not None), default=None)
    return None if None in earliest else first, None if None in latest else last


def encode_carrier_service(
    shipment: PlannedShipment, names: NamesOnCard
) -> carrier_service_pb2.CarrierService | None:
    """Return the carrier service as the rate card names it; ``None`` if no carrier comes."""
    if shipment.kind is not ShipmentKind.DELIVERY:
        return None
    codes = str(shipment.carrier), str(shipment.service)
    carrier, service = names(shipment.rate_card_id) or codes
    return carrier_service_pb2.CarrierService(
        carrier=carrier,
        service=service,
        service_level=SERVICE_LEVELS.encode(shipment.service_level),
    )


def encode_parcel(parcel: PlannedParcel, currency: str) -> shipment_pb2.Parcel:
    """Return a parcel; micrograms are millionths of a gram, nanolitres thousandths of a mm3."""
    return shipment_pb2.Parcel(
        contents=[_content(content) for content in parcel.contents],
        weight_g=encode_decimal(parcel.weight_ug, 6),
        billable_weight_g=encode_decimal(parcel.billable_weight_ug, 6),
        volume_mm3=encode_decimal(parcel.volume_nl, 3),
        cost=encode_cost(parcel.cost, currency),
        count=parcel.count,
        carton_id=parcel.carton_id or "",
    )


def _content(content: ParcelContent) -> shipment_pb2.ParcelContent:
    return shipment_pb2.ParcelContent(
        line_id=content.line_id,
        quantity=encode_quantity(content.quantity),
        inventory_item_id=content.item_id or "",
    )
