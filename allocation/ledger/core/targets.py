"""Which rows of a plan a step is about, and how much of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import TakeStep
from allocation.ledger.core.scanning import leaving_serials, serial_violations
from allocation.ledger.hold import HeldPlan, HeldRow, RowShare
from allocation.ledger.states import OUTCOMES, HoldState, Step
from routing.errors import Violation
from routing.ids import LotId


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
    if movable is None:
        targets.update((target.index, target) for target in named)
        return _other_serials(named, share)
    wanted = movable.quantity if share.quantity is None else share.quantity
    if share.quantity is None:
        targets.update((target.index, target) for target in named)
    before = None if share.quantity is None else targets.get(movable.index)
    quantity = wanted + (before.quantity if before is not None else 0)
    if not 1 <= wanted <= quantity <= movable.quantity:
        return [Violation("", f"{quantity} asked for, of {movable.quantity} that are left")]
    serials = (*(before.serials if before is not None else ()), *share.serials)
    if before is not None and before.picked_lot_id != share.picked_lot_id:
        return [Violation("", "two lots were picked for it; report one of them in another call")]
    lot_id = share.picked_lot_id if share.picked_lot_id != movable.row.key.lot_id else None
    targets[movable.index] = Target(movable.index, movable.row, quantity, serials, lot_id)
    return serial_violations("serials", serials, quantity)


def _other_serials(named: Sequence[Target], share: RowShare) -> list[Violation]:
    """Return serials that a repeat names and that are not those of the first time."""
    known = {serial for target in named for serial in target.row.serials}
    return [
        Violation(f"serials[{index}]", f"{serial} is none of the units that left")
        for index, serial in enumerate(share.serials)
        if serial not in known
    ]


def _movable(named: Sequence[Target], step: Step) -> Target | None:
    """Return the row that the step would change; there is at most one of a name."""
    outcomes = OUTCOMES[step]
    return next(
        (target for target in named if isinstance(outcomes[target.row.state], HoldState)), None
    )
