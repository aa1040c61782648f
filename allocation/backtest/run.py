"""Run a backtest: every order under every contender, stock going down in order time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from allocation.backtest.case import BacktestCase, Contender
from allocation.backtest.crew import MOST_JOBS_AT_ONCE, Crew, make_crew
from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.planner import Job
from allocation.backtest.shelf import Shelf, StockOfItems
from allocation.backtest.turns import Turns
from routing.ids import ItemId
from routing.network import Network
from routing.rules import RuleSet
from routing.sourcing.resolve import stocked_items

FEWEST_PLANS: Final = 16
"""Plans that are worth a process of their own."""

Outcomes = tuple[OrderOutcome, ...]


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """What came of a case.

    Attributes
    ----------
    outcomes
        Per contender, in the sequence of the case, one outcome per order.
    """

    case: BacktestCase
    outcomes: tuple[Outcomes, ...]


def run_backtest(
    case: BacktestCase, processes: int = 1, advance: Callable[[int], None] = lambda _: None
) -> BacktestResult:
    """Plan every order under every contender.

    Parameters
    ----------
    processes
        How many plan at a time. The result does not depend on it, except for searches that
        the budget ends.
    advance
        Called with the number of plans made since the last call.
    """
    # For a few plans it is not worth starting other processes.
    plans = len(case.orders) * len(case.contenders)
    crew = make_crew(case, min(processes, plans // FEWEST_PLANS))
    try:
        return BacktestResult(case, _run(case, crew, advance))
    finally:
        crew.close()


class _Track:
    """One contender's run: its own stock, its own turns."""

    def __init__(
        self, case: BacktestCase, contender: Contender, needs: Sequence[tuple[ItemId, ...]]
    ) -> None:
        self.shelf = Shelf(case.stock, fixed=not case.uses_up_stock)
        # Orders that take nothing away need not wait for each other; those that share the days
        # of locations wait even where they share no item.
        self.turns = (
            Turns(needs, one_by_one=_counts(contender, case.network))
            if case.uses_up_stock
            else Turns([()] * len(needs))
        )
        self.outcomes: list[OrderOutcome | None] = [None] * len(case.orders)

    def finished(self) -> Outcomes:
        outcomes = tuple(each for each in self.outcomes if each is not None)
        if len(outcomes) < len(self.outcomes):
            raise AssertionError("some orders never had their turn")
        return outcomes


def _counts(contender: Contender, network: Network) -> bool:
    """Whether what orders take of days or volumes may matter to others."""
    rules = contender.rules
    by_rules = isinstance(rules, RuleSet) and bool(rules.rules.capacity or rules.rules.volume)
    return by_rules or not network.facts.unlimited


def _run(case: BacktestCase, crew: Crew, advance: Callable[[int], None]) -> tuple[Outcomes, ...]:
    needs = [stocked_items(past.order, case.network) for past in case.orders]
    tracks = [_Track(case, contender, needs) for contender in case.contenders]
    # By order first: the longest chain of waiting orders begins with the earliest.
    ready = [
        (order, number) for number, track in enumerate(tracks) for order in track.turns.first()
    ]
    heapq.heapify(ready)
    running = 0
    while ready or running:
        while ready and crew.has_room():
            jobs = [
                Job(number, order, stock_met(tracks[number].shelf, case, order, needs[order]))
                for order, number in _some(ready)
            ]
            crew.start(jobs)
            running += len(jobs)
        done = crew.finish_some()
        running -= len(done)
        for job, outcome in done:
            track = tracks[job.contender]
            track.shelf.take(outcome.takes, outcome.counted)
            track.outcomes[job.order] = outcome
            for order in track.turns.done(job.order):
                heapq.heappush(ready, (order, job.contender))
        advance(len(done))
    return tuple(track.finished() for track in tracks)


def stock_met(
    shelf: Shelf, case: BacktestCase, order: int, items: Iterable[ItemId]
) -> StockOfItems:
    """Return what an order of a case meets when it is placed."""
    return shelf.stock_of(items, case.orders[order].order.placed_time)


def _some(ready: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Take jobs off the heap: a few together if there are many, so that all have work."""
    count = max(1, min(MOST_JOBS_AT_ONCE, len(ready) // 8))
    return [heapq.heappop(ready) for _ in range(count)]
