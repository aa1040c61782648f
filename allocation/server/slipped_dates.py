"""Dates of stored plans whose supply comes at another time than was promised."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
from google.type import date_pb2

from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.plan import ShipmentKind
from allocation.server.codec.shipment import KINDS
from allocation.server.codec.text import slug
from allocation.server.codec.times import encode_date, encode_time, read_date
from allocation.v1 import plan_pb2, shipment_pb2
from routing.counters import counted_item
from routing.ids import CarrierCode, ItemId, LocationId, ServiceCode
from routing.network import Network
from routing.promise.delivery import MONDAY_TO_FRIDAY, delivery_range
from routing.promise.delivery_days import DeliveryDays
from routing.promise.ship_date import ShipDate
from routing.rating.transit import TransitTable


def put_off(message: plan_pb2.Plan, plan: HeldPlan, network: Network) -> None:
    """Set the dates of shipments that waited for supply to what its arrival allows now.

    A shipment leaves by its location's calendar and cutoff once the last of its units can be
    picked, and takes as many delivery days as it was planned with. What nobody can date has
    no dates. Shipments whose supply comes when it was promised stay as they are.
    """
    late = _late_shipments(message, plan)
    if not late:
        return
    days = max((_processing_days(row, network) for row in plan.rows), default=0)
    for shipment in message.shipments:
        if shipment.number in late:
            _put_off(shipment, late[shipment.number], network, days)
    message.ClearField("latest_delivery_date")
    latest = [
        read_date(one.latest_delivery_date) if one.HasField("latest_delivery_date") else None
        for one in message.shipments
    ]
    known = [day for day in latest if day is not None]
    if known and len(known) == len(latest):
        message.latest_delivery_date.CopyFrom(encode_date(max(known)))


def _late_shipments(message: plan_pb2.Plan, plan: HeldPlan) -> dict[int, datetime | None]:
    """Return shipments whose supply comes at another time, and when that is."""
    number_of = {
        (line.line_id, index): part.shipment_number
        for line in message.lines
        for index, part in enumerate(line.parts)
    }
    rows: dict[int, list[HeldRow]] = {}
    for row in plan.rows:
        if row.waited is not None:
            rows.setdefault(number_of[row.line_id, row.part], []).append(row)
    found = {}
    for number, waiting in rows.items():
        promised = _last([row.waited.promised_time for row in waiting if row.waited])
        expected = _last([row.waited.expected_time for row in waiting if row.waited])
        if promised != expected:
            found[number] = expected
    return found


def _last(times: list[datetime | None]) -> datetime | None:
    known = [time for time in times if time is not None]
    return max(known) if len(known) == len(times) else None


def _put_off(
    shipment: shipment_pb2.Shipment, start: datetime | None, network: Network, days: int
) -> None:
    before = _range(shipment)
    for name in ("ship_date", "earliest_delivery_date", "latest_delivery_date", "cutoff_time"):
        shipment.ClearField(name)
    carrier = CarrierCode(slug(shipment.carrier_service.carrier))
    service = ServiceCode(slug(shipment.carrier_service.service))
    leaves = None
    if start is not None and shipment.location_id in network.location_index:
        leaves = _leaves(LocationId(shipment.location_id), carrier, service, start, network, days)
    if leaves is None:
        return
    shipment.ship_date.CopyFrom(encode_date(leaves.date))
    shipment.cutoff_time.CopyFrom(encode_time(leaves.cutoff_time))
    if before is not None:
        first, last = _arrives(
            shipment, before, leaves.date, network.transit.get((carrier, service))
        )
        shipment.earliest_delivery_date.CopyFrom(encode_date(first))
        shipment.latest_delivery_date.CopyFrom(encode_date(last))


def _arrives(
    shipment: shipment_pb2.Shipment,
    before: tuple[date, date, date],
    leaves: date,
    table: TransitTable | None,
) -> tuple[date, date]:
    """Return when a shipment arrives that leaves on another day than before.

    What no carrier brings takes as many days of the calendar as it did.
    """
    if shipment.kind != KINDS.encode(ShipmentKind.DELIVERY):
        later = leaves - before[0]
        return before[1] + later, before[2] + later
    delivers = MONDAY_TO_FRIDAY if table is None else table.delivers
    least, most = (_days_between(before[0], day, delivers) for day in before[1:])
    return delivery_range(leaves, least, most, delivers)


def _leaves(
    location_id: LocationId,
    carrier: CarrierCode,
    service: ServiceCode,
    start: datetime,
    network: Network,
    days: int,
) -> ShipDate | None:
    place = int(network.schedules.index[network.location_index[location_id]])
    today = start.astimezone(network.schedules.distinct[place].zone).date()
    return network.schedules.ship_date(place, carrier, service, days, start.astimezone(UTC), today)


def _range(shipment: shipment_pb2.Shipment) -> tuple[date, date, date] | None:
    """Return when a shipment was to leave, and to arrive; ``None`` if some of that is unknown."""
    names = ("ship_date", "earliest_delivery_date", "latest_delivery_date")
    if not all(shipment.HasField(name) for name in names):  # type: ignore[arg-type]
        return None
    days: list[date_pb2.Date] = [getattr(shipment, name) for name in names]
    first, second, third = map(read_date, days)
    return first, second, third


def _days_between(shipped: date, arrived: date, delivers: DeliveryDays) -> int:
    """Return how many delivery days there are after one date, up to another."""
    calendar = delivers.calendar(shipped.year - 1, arrived.year + 1)
    one = np.timedelta64(1, "D")
    first, last = np.datetime64(shipped, "D") + one, np.datetime64(arrived, "D") + one
    return int(np.busday_count(first, last, busdaycal=calendar))


def _processing_days(row: HeldRow, network: Network) -> int:
    item = network.item(ItemId(counted_item(row.key.item_id)))
    return 0 if item is None else item.processing_days
