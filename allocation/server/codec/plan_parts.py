"""Line units of a stored plan, at a location, as units of the ledger's rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from allocation.ledger.hold import HeldPlan, RowName, RowShare
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import is_waiting_key
from allocation.server.codec.decimal import E6_SCALE, decode_quantity_e6
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.picked import Given, Picked, decode_picked
from allocation.server.codec.stored_plan import first_answer
from routing.counters import counted_item
from routing.ids import ItemId
from routing.quantity import Quantity


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A part of a line as it was planned.

    Attributes
    ----------
    line_id, location_id
        Which line, and the location that its units leave.
    quantity_e6
        Line units times one million.
    names
        The rows that hold it, by item; empty for a line that takes no stock.
    """

    line_id: str
    location_id: str
    quantity_e6: int
    names: Mapping[ItemId, tuple[RowName, ...]]


@dataclass(frozen=True, slots=True)
class GivenPart:
    """Units of a part that a call names; `quantity_e6` line units times one million.

    Attributes
    ----------
    picked
        By item; those that are not in it are as planned.
    """

    path: str
    part: PlanPart
    quantity_e6: int
    picked: Mapping[ItemId, Picked] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the part."""
        return self.quantity_e6 == self.part.quantity_e6


def parts_of(plan: HeldPlan) -> dict[tuple[str, str], PlanPart]:
    """Return the parts of a plan by line and location."""
    message = first_answer(plan).plan
    names: dict[tuple[str, int], dict[ItemId, tuple[RowName, ...]]] = {}
    # What waits comes last: whatever leaves first is there.
    for name in sorted(dict.fromkeys(row.name for row in plan.rows), key=_is_waiting):
        of_part = names.setdefault((name.line_id, name.part), {})
        item_id = counted_item(name.key.item_id)
        of_part[item_id] = (*of_part.get(item_id, ()), name)
    return {
        (line.line_id, part.location_id): PlanPart(
            line.line_id,
            part.location_id,
            int(Decimal(part.quantity.value).scaleb(E6_SCALE)),
            names.get((line.line_id, index), {}),
        )
        for line in message.lines
        for index, part in enumerate(line.parts)
    }


def _is_waiting(name: RowName) -> bool:
    return is_waiting_key(name.key)


def lines_without_stock(plan: HeldPlan) -> set[str]:
    """Return the lines of a plan that the ledger has no row for."""
    lines = {line.line_id for line in first_answer(plan).plan.lines}
    return lines - {str(row.line_id) for row in plan.rows}


def decode_parts(
    given: Iterable[Given], path: str, findings: Findings, plan: HeldPlan
) -> list[GivenPart]:
    """Return the parts that a call names, with what is wrong with them in `findings`."""
    known = parts_of(plan)
    found = []
    for index, each in enumerate(given):
        at = f"{path}[{index}]"
        quantity_e6 = decode_quantity_e6(each.quantity.value, f"{at}.quantity", findings)
        part = known.get((each.line_id, each.location_id))
        if part is None:
            wanted = f"line {shown(each.line_id)} at {shown(each.location_id)}"
            findings.refuse(at, f"plan {plan.plan_id!r} has nothing of {wanted}")
        elif quantity_e6 is not None and quantity_e6 > part.quantity_e6:
            there = Quantity(part.quantity_e6, E6_SCALE)
            given_units = Quantity(quantity_e6, E6_SCALE)
            findings.refuse(f"{at}.quantity", f"is {given_units}; the plan has {there} there")
        elif quantity_e6 is not None:
            picked = decode_picked(each, at, findings, part.names)
            found.append(GivenPart(at, part, quantity_e6, picked))
    return found


def increments_of(given: GivenPart, plan: HeldPlan, findings: Findings) -> dict[ItemId, int]:
    """Return increments of each item in the units that a call names.

    What is no whole number of increments, or of kits, is refused.
    """
    totals: dict[ItemId, int] = {}
    for item_id, names in given.part.names.items():
        total = sum(row.quantity for row in plan.rows if row.name in names)
        increments, rest = divmod(total * given.quantity_e6, given.part.quantity_e6)
        if rest:
            units = Quantity(given.quantity_e6, E6_SCALE)
            findings.refuse(f"{given.path}.quantity", f"is {units}: not whole units of {item_id}")
            return {}
        totals[item_id] = increments
    return totals


def shares_of(given: GivenPart, plan: HeldPlan, findings: Findings) -> list[RowShare]:
    """Return which rows the units that leave are taken from.

    A whole part takes whatever is left of it, so that a repeat changes nothing. Of an item
    in several lots the first that have something left come first.
    """
    if given.is_whole:
        return [RowShare(name) for names in given.part.names.values() for name in names]
    shares = []
    for item_id, wanted in increments_of(given, plan, findings).items():
        names = given.part.names[item_id]
        shares += spread(names, left_of(names, plan), wanted)
    return shares


def left_of(names: Sequence[RowName], plan: HeldPlan) -> dict[RowName, int]:
    """Return increments of each row that are there and have not left."""
    left = dict.fromkeys(names, 0)
    for row in plan.rows:
        if row.name in left and row.state is HoldState.COMMITTED and not row.is_waiting:
            left[row.name] += row.quantity
    return left


def spread(names: Sequence[RowName], left: Mapping[RowName, int], wanted: int) -> list[RowShare]:
    """Return shares of rows, in order, that make up so many units."""
    shares = []
    for name in names:
        # What nothing is left for stays with the last row, for the ledger to refuse.
        taken = wanted if name == names[-1] else min(wanted, left[name])
        wanted -= taken
        if taken:
            shares.append(RowShare(name, taken))
    return shares
