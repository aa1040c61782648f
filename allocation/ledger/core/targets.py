"""Which rows of a plan a step is about, and how much of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import TakeStep
from allocation.ledger.core.scanning import leaving_serials, serial_violations
from allocation.ledger.errors import UnitsWaitError
from allocation.ledger.hold import HeldPlan, HeldRow, RowShare
from allocation.ledger.states import OUTCOMES, REPEAT, HoldState, Step
from routing.counters import counted_item
from routing.errors import Violation
from routing.ids import ItemId, LineId, LotId

_OVER: Final = (HoldState.RELEASED, HoldState.EXPIRED)
"""States of units that nobody waits for any more."""


@dataclass(frozen=True, slots=True)
class Target:
    """`quantity` of the row at `index`; the whole row if that is all of it.

    Attributes
    ----------
    serials, picked_lot_id
        See `RowShare`.
    """

    index: int
    row: HeldRow
    quantity: int
    serials: tuple[str, ...] = ()
    picked_lot_id: LotId | None = None

    @property
    def moving(self) -> HeldRow:
        """The units that move, as a row of their own."""
        if self.quantity == self.row.quantity and not (self.serials or self.picked_lot_id):
            return self.row
        return self.row._replace(
            quantity=self.quantity,
            serials=leaving_serials(self.row, self.quantity, self.serials),
            picked_lot_id=self.picked_lot_id or self.row.picked_lot_id,
        )


def targets_of(plan: HeldPlan, command: TakeStep) -> tuple[Target, ...]:
    """Return what is named by line or by row, or all rows if none is named.

    Raises
    ------
    InvalidRequestError
        The plan has no such line or row, or less of it than is named.
    """
    if command.nothing:
        return ()
    if not command.lines and not command.rows:
        return whole(plan)
    found = _unknown_lines(plan, command)
    wanted_lines = set(command.lines)
    targets = {target.index: target for target in whole(plan) if target.row.line_id in wanted_lines}
    for index, share in enumerate(command.rows):
        found += [v.under(f"rows[{index}]") for v in _add(targets, plan, command.step, share)]
    if found:
        raise InvalidRequestError(found)
    return tuple(targets[index] for index in sorted(targets))


def leaving(plan: HeldPlan, chosen: Sequence[Target], command: TakeStep) -> tuple[Target, ...]:
    """Return what can leave of what was chosen: what waits for supply stays.

    Of a part with several items, which is a kit, nothing leaves while any of it waits, unless
    its rows are named: only whoever names them knows how many kits are whole.

    Raises
    ------
    UnitsWaitError
        All of it waits, or some of what was named one by one.
    InvalidRequestError
        Something stays, and a repeat could not be told from a call for what stays now.
    """
    waiting = [one for one in chosen if one.row.is_waiting and one.row.state is HoldState.COMMITTED]
    if not waiting:
        there = tuple(one for one in chosen if not one.row.is_waiting)
        return there if any(one.row.state not in _OVER for one in there) else tuple(chosen)
    kits = _kits(plan, waiting)
    ready = tuple(
        one
        for one in chosen
        if not one.row.is_waiting
        and not (one.row.state is HoldState.COMMITTED and one.row.name[:2] in kits)
    )
    if command.rows or all(one.row.state in _OVER for one in ready):
        raise UnitsWaitError(plan.plan_id, [one.row.key for one in waiting])
    if not command.request_id and command.if_revision is None:
        what = (
            f"is missing: units of plan {plan.plan_id!r} wait, and a repeat would let leave what "
            "has come since; give one, or the etag of the plan"
        )
        raise InvalidRequestError([Violation("request_id", what)])
    return ready


def _kits(plan: HeldPlan, waiting: Sequence[Target]) -> set[tuple[LineId, int]]:
    """Return the parts with several items of which any waits."""
    items: dict[tuple[LineId, int], set[ItemId]] = {one.row.name[:2]: set() for one in waiting}
    for row in plan.rows:
        if row.name[:2] in items:
            items[row.name[:2]].add(counted_item(row.key.item_id))
    return {part for part, found in items.items() if len(found) > 1}


def whole(plan: HeldPlan) -> tuple[Target, ...]:
    """Return every row of a plan, with all of its units."""
    return tuple(Target(index, row, row.quantity) for index, row in enumerate(plan.rows))


def _unknown_lines(plan: HeldPlan, command: TakeStep) -> list[Violation]:
    lines = {row.line_id for row in plan.rows}
    return [
        Violation(f"line_ids[{index}]", f"plan {plan.plan_id!r} has no line {line!r}")
        for index, line in enumerate(command.lines)
        if line not in lines
    ]


def _add(
    targets: dict[int, Target], plan: HeldPlan, step: Step, share: RowShare
) -> list[Violation]:
    """Add what a share names; return what is wrong with it."""
    named = [target for target in whole(plan) if target.row.name == share.name]
    if not named:
        return [Violation("", f"plan {plan.plan_id!r} does not hold {share.name.key} for it")]
    movable = _movable(named, step)
    if not movable:
        targets.update((target.index, target) for target in named)
        outcomes = [OUTCOMES[step][target.row.state] for target in named]
        # Of what was given back, that is what to say, and not which units it was.
        is_repeat = all(outcome is REPEAT for outcome in outcomes)
        return _other_serials(named, share) if is_repeat else []
    left = sum(one.quantity for one in movable)
    before = [] if share.quantity is None else _named_before(targets, movable)
    wanted = left if share.quantity is None else share.quantity
    if share.quantity is None:
        targets.update((target.index, target) for target in named)
    quantity = wanted + sum(one.quantity for one in before)
    if not 1 <= wanted <= quantity <= left:
        return [Violation("", f"{quantity} asked for, of {left} that are left")]
    serials = (*(serial for one in before for serial in one.serials), *share.serials)
    if any(one.picked_lot_id != share.picked_lot_id for one in before):
        return [Violation("", "two lots were picked for it; report one of them in another call")]
    lot_id = share.picked_lot_id if share.picked_lot_id != share.name.key.lot_id else None
    _spread(targets, movable, quantity, serials, lot_id)
    return serial_violations("serials", serials, quantity)


def _named_before(targets: Mapping[int, Target], movable: Sequence[Target]) -> list[Target]:
    return [targets[one.index] for one in movable if one.index in targets]


def _spread(
    targets: dict[int, Target],
    movable: Sequence[Target],
    quantity: int,
    serials: Sequence[str],
    lot_id: LotId | None,
) -> None:
    """Take units from rows in their order: what waited until later stands behind the rest."""
    done = 0
    for one in movable:
        taken = min(one.quantity, quantity - done)
        if taken:
            mine = tuple(serials[done : done + taken])
            targets[one.index] = Target(one.index, one.row, taken, mine, lot_id)
        done += taken


def _other_serials(named: Sequence[Target], share: RowShare) -> list[Violation]:
    """Return serials that a repeat names and that are not those of the first time."""
    known = {serial for target in named for serial in target.row.serials}
    return [
        Violation(f"serials[{index}]", f"{serial} is none of the units that left")
        for index, serial in enumerate(share.serials)
        if serial not in known
    ]


def _movable(named: Sequence[Target], step: Step) -> list[Target]:
    """Return the rows that the step would change.

    There is at most one of a name, and one for each time that units which waited for it were
    given stock.
    """
    outcomes = OUTCOMES[step]
    return [target for target in named if isinstance(outcomes[target.row.state], HoldState)]
