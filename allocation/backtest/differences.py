"""The orders on which the rule sets do not agree, and why each chose as it did."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from allocation.backtest.crew import Crew, make_crew
from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.planner import Job
from allocation.backtest.run import BacktestResult, stock_met
from allocation.backtest.shelf import Shelf
from allocation.backtest.terms import paid_minor
from routing.sourcing.resolve import stocked_items


@dataclass(frozen=True, slots=True)
class DifferingOrder:
    """An order that some rule sets route differently.

    Attributes
    ----------
    number
        Of the order in the case.
    spread_minor
        What is paid under the dearest choice less what is paid under the cheapest.
    sentences
        Per contender why it chose as it did; empty where that was not asked for.
    """

    number: int
    spread_minor: int
    sentences: tuple[tuple[str, ...], ...] = ()


def differing_orders(result: BacktestResult) -> tuple[DifferingOrder, ...]:
    """Return the orders that differ: first those that not all can fill, then by money.

    The sentences are still missing; `explained` finds them.
    """
    found = []
    for number, outcomes in enumerate(zip(*result.outcomes, strict=True)):
        if all(one.same_choice(other) for one, other in pairwise(outcomes)):
            continue
        paid = [paid_minor(each.cost) for each in outcomes]
        found.append((_fills_differ(outcomes), DifferingOrder(number, max(paid) - min(paid))))
    found.sort(key=lambda each: (not each[0], -each[1].spread_minor, each[1].number))
    return tuple(order for _, order in found)


def _fills_differ(outcomes: Sequence[OrderOutcome]) -> bool:
    return len({each.units_filled_e6 for each in outcomes}) > 1


def explained(
    result: BacktestResult,
    orders: Sequence[DifferingOrder],
    processes: int = 1,
    advance: Callable[[int], None] = lambda _: None,
) -> tuple[DifferingOrder, ...]:
    """Return the orders with every contender's reasons, found with the stock that it met.

    Parameters
    ----------
    orders
        Those to explain; each costs a few further searches per contender.
    processes, advance
        As for `run_backtest`.
    """
    wanted = {order.number for order in orders}
    jobs = [
        job for contender in range(len(result.outcomes)) for job in _jobs(result, contender, wanted)
    ]
    crew = make_crew(result.case, min(processes, max(1, len(jobs) // 8)))
    try:
        found = _finish(crew, jobs, advance)
    finally:
        crew.close()
    return tuple(
        DifferingOrder(
            order.number,
            order.spread_minor,
            tuple(found[contender, order.number] for contender in range(len(result.outcomes))),
        )
        for order in orders
    )


def _jobs(result: BacktestResult, contender: int, wanted: Collection[int]) -> list[Job]:
    """Walk through a contender's run once more, to see the stock that each order met."""
    shelf = Shelf(result.case.stock, fixed=not result.case.uses_up_stock)
    jobs = []
    for number, outcome in enumerate(result.outcomes[contender]):
        items = stocked_items(result.case.orders[number].order, result.case.network)
        stock = stock_met(shelf, result.case, number, items)
        if number in wanted:
            jobs.append(Job(contender, number, stock, explain=True))
        shelf.take(outcome.takes, outcome.counted)
    return jobs


def _finish(
    crew: Crew, jobs: list[Job], advance: Callable[[int], None]
) -> dict[tuple[int, int], tuple[str, ...]]:
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    left = jobs[::-1]
    while len(found) < len(jobs):
        while left and crew.has_room():
            crew.start([left.pop()])
        done = crew.finish_some()
        found.update({(job.contender, job.order): outcome.sentences for job, outcome in done})
        advance(len(done))
    return found
