"""Which rows a step moves, and moving them."""

from __future__ import annotations

from collections.abc import Sequence

from allocation.ledger.core.book import Book
from allocation.ledger.core.effects import EFFECTS
from allocation.ledger.core.scanning import split
from allocation.ledger.core.targets import Target
from allocation.ledger.errors import LedgerPlanError
from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.ledger.states import ALIVE_FIRST, OUTCOMES, REPEAT, HoldState, Step


def decide(
    step: Step, chosen: Sequence[Target], *, named: bool
) -> tuple[tuple[Target, ...], type[LedgerPlanError] | None]:
    """Return what moves, or the error of the most alive row that cannot.

    Rows that were not named one by one are left alone if they cannot move, as long as
    others can.
    """
    table = OUTCOMES[step]
    moving = tuple(one for one in chosen if isinstance(table[one.row.state], HoldState))
    if len(moving) == len(chosen):
        return moving, None
    states = {one.row.state for one in chosen}
    outcomes = [table[state] for state in ALIVE_FIRST if state in states]
    refused = next((outcome for outcome in outcomes if isinstance(outcome, type)), None)
    if refused is not None and (named or not (moving or REPEAT in outcomes)):
        return (), refused
    return moving, None


def decide_bare(
    step: Step, plan: HeldPlan
) -> tuple[HoldState | None, type[LedgerPlanError] | None]:
    """Return the state that a plan without rows moves to, if any, or why it cannot."""
    outcome = OUTCOMES[step][plan.state]
    if isinstance(outcome, HoldState):
        return outcome, None
    return None, None if outcome is REPEAT else outcome


def moved(
    book: Book, plan: HeldPlan, step: Step, moving: Sequence[Target], comment: str
) -> HeldPlan:
    """Return the plan after the step, with its effect on levels in the book.

    Of a row that moves in part, the rest stays where it was and the part is added at the
    end, so that a row's number always means the same units.
    """
    rows = list(plan.rows)
    effect = EFFECTS.get(step)
    if effect is not None:
        for one in moving:
            _put(rows, one, effect(book, plan.plan_id, one.moving, comment))
    return plan._replace(rows=tuple(rows), revision=plan.revision + 1)


def _put(rows: list[HeldRow], one: Target, after: HeldRow) -> None:
    if one.quantity == one.row.quantity:
        rows[one.index] = after
    else:
        rows[one.index] = split(one.row, after)
        rows.append(after)
