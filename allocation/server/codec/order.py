"""Orders."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from allocation.server.codec.carrier_service import SERVICE_LEVELS
from allocation.server.codec.destination import decode_destination
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.names import Names
from allocation.server.codec.order_line import decode_line
from allocation.server.codec.text import decode_id, decode_word, decode_words
from allocation.server.codec.times import decode_date, decode_time
from routing.ids import LocationId, OrderId
from routing.order import Destination, Order, OrderLine, ServiceLevel
from routing.v1 import order_pb2

MOST_PRIORITY: Final = 1_000_000


def decode_order(
    message: order_pb2.Order, findings: Findings, money: MoneyReader, names: Names, now: datetime
) -> Order:
    """Return an order; where it has a problem, a stand-in that is never planned.

    Parameters
    ----------
    message
        With at most as many lines as the limits allow.
    money
        Reads every amount of the request in one currency.
    now
        Aware UTC datetime, taken as placed time when the order does not say.
    """
    path = "order"
    lines = _lines(message, f"{path}.lines", findings, money, names)
    placed: datetime | None = now
    if message.HasField("placed_time"):
        placed = decode_time(message.placed_time, f"{path}.placed_time", findings)
    deliver_by = None
    if message.HasField("deliver_by"):
        deliver_by = decode_date(message.deliver_by, f"{path}.deliver_by", findings)
    level = SERVICE_LEVELS.decode(message.service_level, f"{path}.service_level", findings)
    return Order(
        id=OrderId(decode_id(message.id, f"{path}.id", findings)),
        placed_time=placed or now,
        destination=_destination(message, f"{path}.destination", lines, findings, names),
        lines=lines,
        channel=decode_word(message.channel, f"{path}.channel", findings),
        tags=decode_words(message.tags, f"{path}.tags", findings),
        service_level=level or ServiceLevel.STANDARD,
        deliver_by=deliver_by,
        currency=message.currency or None,
        priority=_priority(message.priority, f"{path}.priority", findings),
    )


def _priority(value: int, path: str, findings: Findings) -> int:
    if abs(value) > MOST_PRIORITY:
        findings.refuse(path, f"is {value}; it must lie in [-{MOST_PRIORITY}, {MOST_PRIORITY}]")
    return value


def _lines(
    message: order_pb2.Order, path: str, findings: Findings, money: MoneyReader, names: Names
) -> tuple[OrderLine, ...]:
    if not message.lines:
        findings.refuse(path, "is empty; an order has at least one line")
    seen: dict[str, int] = {}
    lines = []
    for index, each in enumerate(message.lines):
        at = f"{path}[{index}]"
        lines.append(decode_line(each, at, findings, money, names))
        first = seen.setdefault(each.id, index)
        if first != index and each.id:
            findings.refuse(
                f"{at}.id", f"{shown(each.id)} is also the id of lines[{first}]; ids are unique"
            )
    return tuple(lines)


def _destination(
    message: order_pb2.Order,
    path: str,
    lines: tuple[OrderLine, ...],
    findings: Findings,
    names: Names,
) -> Destination:
    if not message.HasField("destination"):
        if any(each.requires_shipping and each.pickup_location_id is None for each in lines):
            findings.refuse(path, "is missing; say where the order goes")
        return Destination()
    destination = decode_destination(message.destination, path, findings)
    if destination.pickup_location_id is not None:
        names.location(LocationId(destination.pickup_location_id), f"{path}.pickup_location_id")
    return destination
