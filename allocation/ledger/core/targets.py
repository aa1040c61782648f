"""Which rows of a plan a step is about, and how much of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import TakeStep
from allocation.ledger.hold import HeldPlan, HeldRow, RowShare
from allocation.ledger.states import OUTCOMES, HoldState, Step
from routing.errors import Violation


@dataclass(frozen=True, slots=True)
class Target:
    """`quantity` of the row at `index`; the whole row if that is all of it."""

    index: int
    row: HeldRow
    quantity: int


def targets_of(plan: HeldPlan, command: TakeStep) -> tuple[Target, ...]:
    """Return what is named by line or by row, or all rows if nothing is named.

    Raises
    ------
    InvalidRequestError
        The plan has no such line or row, or less of it than is named.
    """
    if not command.lines and not command.rows:
        return whole(plan)
    found = _unknown_lines(plan, command)
    wanted_lines = set(command.lines)
    targets = {target.index: target for target in whole(plan) if target.row.line_id in wanted_lines}
    for index, share in enumerate(command.rows):
        problem = _add(targets, plan, command.step, share)
        found += [Violation(f"rows[{index}]", problem)] if problem else []
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


def _add(targets: dict[int, Target], plan: HeldPlan, step: Step, share: RowShare) -> str:
    """Add what a share names; return what is wrong with it, or nothing."""
    named = [target for target in whole(plan) if target.row.name == share.name]
    if not named:
        return f"plan {plan.plan_id!r} does not hold {share.name.key} for it"
    movable = _movable(named, step)
    if share.quantity is None or movable is None:
        targets.update((target.index, target) for target in named)
        return ""
    before = targets.get(movable.index)
    quantity = share.quantity + (before.quantity if before is not None else 0)
    if not 1 <= share.quantity <= quantity <= movable.quantity:
        return f"{quantity} asked for, of {movable.quantity} that are left"
    targets[movable.index] = Target(movable.index, movable.row, quantity)
    return ""


def _movable(named: Sequence[Target], step: Step) -> Target | None:
    """Return the row that the step would change; there is at most one of a name."""
    outcomes = OUTCOMES[step]
    return next(
        (target for target in named if isinstance(outcomes[target.row.state], HoldState)), None
    )
