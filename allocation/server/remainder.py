"""What is left of a plan that is to be made anew: lines, stock, and what was not found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from allocation.ledger.hold import HeldPlan, RowName
from allocation.ledger.level import LevelKey
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import is_waiting_key
from allocation.server.codec.decimal import E6_SCALE, encode_decimal
from allocation.server.codec.findings import Findings
from allocation.server.codec.plan_parts import GivenPart, PlanPart, increments_of, parts_of
from allocation.server.planning import KnownBetter
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import decision_pb2
from routing.ids import LotId
from routing.sourcing.stock import Place

LIVE = (HoldState.HELD, HoldState.COMMITTED)


@dataclass(frozen=True, slots=True)
class Remainder:
    """What a plan still holds or has committed.

    Attributes
    ----------
    lines_e6
        Line units by line, times one million.
    stock
        Increments by level, and what it takes of days by counter.
    torn
        Lines of kits of which components have left, or were given back, without the others.
    """

    lines_e6: Mapping[str, int]
    stock: Mapping[LevelKey, int]
    torn: tuple[str, ...] = ()


def remainder_of(plan: HeldPlan) -> Remainder:
    """Return what is left of a plan.

    A line that takes no stock counts whole: the ledger does not know whether it has left.
    """
    live: dict[RowName, int] = {}
    stock: dict[LevelKey, int] = {}
    for row in plan.rows:
        if row.state in LIVE:
            live[row.name] = live.get(row.name, 0) + row.quantity
    for row in plan.every_row:
        if row.state in LIVE:
            stock[row.key] = stock.get(row.key, 0) + row.quantity
    lines_e6: dict[str, int] = {}
    torn: dict[str, None] = {}
    for part in parts_of(plan).values():
        least_e6, most_e6 = _left_e6(part, plan, live)
        if least_e6:
            lines_e6[part.line_id] = lines_e6.get(part.line_id, 0) + least_e6
        if least_e6 != most_e6:
            torn[part.line_id] = None
    return Remainder(lines_e6, stock, tuple(torn))


def request_for(
    record: decision_pb2.DecisionRecord,
    message: pb.ReallocatePlanRequest,
    remainder: Remainder,
) -> pb.AllocateRequest:
    """Return the request for what is left of a plan that was made from `record`."""
    request = pb.AllocateRequest()
    request.CopyFrom(record.request)
    request.request_id = message.request_id
    request.ClearField("baseline")
    if message.HasField("options"):
        request.options.CopyFrom(message.options)
    request.options.excluded_location_ids.extend(message.excluded_location_ids)
    if not request.order.HasField("placed_time"):
        request.order.placed_time.CopyFrom(record.decision_time)
    lines = [line for line in request.order.lines if line.id in remainder.lines_e6]
    for line in lines:
        line.quantity.CopyFrom(encode_decimal(remainder.lines_e6[line.id], E6_SCALE))
    del request.order.lines[:]
    request.order.lines.extend(lines)
    return request


def short_levels(
    given: Iterable[GivenPart], plan: HeldPlan, findings: Findings
) -> dict[LevelKey, int]:
    """Return increments by level that were looked for and not found.

    More than is left of the plan is refused.
    """
    short: dict[LevelKey, int] = {}
    for part in given:
        for item_id, increments in increments_of(part, plan, findings).items():
            missing = increments
            for name in part.part.names[item_id]:
                if is_waiting_key(name.key):
                    continue
                left = _live_of(plan, name) - short.get(name.key, 0)
                taken = min(missing, max(0, left))
                missing -= taken
                if taken:
                    short[name.key] = short.get(name.key, 0) + taken
            if missing:
                findings.refuse(f"{part.path}.quantity", "is more than is left of the plan there")
    return short


def known_of(
    plan_id: str,
    remainder: Remainder,
    short: Mapping[LevelKey, int],
    gone: Collection[LevelKey] = (),
) -> KnownBetter:
    """Return what is known of stock while the plan is made anew.

    Its own units are free for the new one, but for those of levels that are `gone`, of which
    nothing else can be had either: another system may still call them available. A location
    that did not find units can give no more of the item than it did find.
    """
    more: dict[Place, int] = {}
    for key, increments in remainder.stock.items():
        if key in gone:
            continue
        place = key.item_id, key.location_id
        more[place] = more.get(place, 0) + increments
    missing: dict[Place, int] = {}
    for key, increments in short.items():
        place = key.item_id, key.location_id
        missing[place] = missing.get(place, 0) + increments
    most = {place: more[place] - increments for place, increments in missing.items()}
    lost: dict[Place, frozenset[LotId]] = {}
    for key in gone:
        if key.lot_id is not None:
            place = key.item_id, key.location_id
            lost[place] = lost.get(place, frozenset()) | {key.lot_id}
    return KnownBetter(more, most, gone=lost, own_plan_id=plan_id)


def _left_e6(part: PlanPart, plan: HeldPlan, live: Mapping[RowName, int]) -> tuple[int, int]:
    """Return line units of a part that are left, by the item of which fewest are, and most."""
    found = []
    for names in part.names.values():
        total = sum(row.quantity for row in plan.rows if row.name in names)
        left = sum(live.get(name, 0) for name in names)
        found.append(part.quantity_e6 * left // total)
    found = found or [part.quantity_e6]
    return min(found), max(found)


def _live_of(plan: HeldPlan, name: RowName) -> int:
    return sum(row.quantity for row in plan.rows if row.name == name and row.state in LIVE)
