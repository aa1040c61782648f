"""Counters of a location's day: taken with a hold, and given back with it."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from allocation.ledger.core.book import Book
from allocation.ledger.core.effects import EFFECTS
from allocation.ledger.core.figure_check import figure_violations
from allocation.ledger.core.key_check import id_violations, named_twice
from allocation.ledger.core.waiting import state_behind
from allocation.ledger.errors import CapacityFull, CapacityTakenError
from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.ledger.level import LevelKey
from allocation.ledger.states import HoldState, Step, most_alive
from routing.counters import is_pool_item
from routing.daily_capacity import WHOLE_ORDER, CapacityTake, capacity_item, is_period_item
from routing.errors import Violation

_STEP_TO: Final = MappingProxyType(
    {
        HoldState.COMMITTED: Step.COMMIT,
        HoldState.RELEASED: Step.RELEASE,
        HoldState.FULFILLED: Step.FULFILL,
    }
)


def counter_key(take: CapacityTake) -> LevelKey:
    """Return the counter that something is taken of."""
    return LevelKey(capacity_item(take.measure, take.day), take.location_id)


def check_room(book: Book, takes: Iterable[CapacityTake]) -> None:
    """Refuse to take more than the limit of a day admits; the counters are open in `book`.

    Raises
    ------
    CapacityTakenError
        With every counter that is full.
    """
    wanted: dict[LevelKey, tuple[int, int]] = {}
    for take in takes:
        key = counter_key(take)
        quantity, most = wanted.get(key, (0, take.most))
        wanted[key] = quantity + take.quantity, min(most, take.most)
    full = [
        CapacityFull(key, quantity, taken, most)
        for key, (quantity, most) in wanted.items()
        if (taken := -book.level(key).available) + quantity > most
    ]
    if full:
        raise CapacityTakenError(tuple(full))


def followed(book: Book, plan: HeldPlan, comment: str) -> HeldPlan:
    """Return the plan with each counted row as alive as what it was counted for.

    What a line takes is given back when nothing of the line is left at the location, and an
    order when nothing of it is left there. What has been shipped in part stays counted.
    What is counted of a pool goes with the units that wait.
    """
    if not plan.counted:
        return plan
    counted = tuple(_follow(book, plan, row, comment) for row in plan.counted)
    return plan._replace(counted=counted)


def _follow(book: Book, plan: HeldPlan, row: HeldRow, comment: str) -> HeldRow:
    state = _state_behind(plan, row)
    step = _STEP_TO.get(state)
    if state is row.state or step is None:
        return row
    return EFFECTS[step](book, plan.plan_id, row, comment)


def _state_behind(plan: HeldPlan, counted: HeldRow) -> HoldState:
    """Return the most alive state of the rows that a counted row stands for.

    A line that takes no stock, or takes it elsewhere to be merged here, goes with the plan.
    What waited leaves on another day, but belongs to the volume of a period.
    """
    if is_pool_item(counted.key.item_id):
        return state_behind(plan, counted)
    any_day = is_period_item(counted.key.item_id)
    states = {
        row.state
        for row in plan.rows
        if (any_day or row.waited is None)
        and row.key.location_id == counted.key.location_id
        and counted.line_id in (WHOLE_ORDER, row.line_id)
    }
    return most_alive(states) or plan.state


def take_violations(takes: Iterable[CapacityTake]) -> list[Violation]:
    """Return what is wrong with what a hold takes of days."""
    found: list[Violation] = []
    names = set()
    for index, take in enumerate(takes):
        path = f"capacity[{index}]"
        name = (take.line_id, counter_key(take))
        if name in names:
            found.append(named_twice(path, f"line {take.line_id!r}: {name[1]}"))
        names.add(name)
        found += figure_violations(f"{path}.quantity", take.quantity)
        texts = id_violations("location_id", take.location_id)
        if take.line_id != WHOLE_ORDER:
            texts += id_violations("line_id", take.line_id)
        found.extend(violation.under(path) for violation in texts)
    return found
