"""A whole backtest in figures: what the table, the JSON and the report are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from allocation.backtest import spread
from allocation.backtest.differences import DifferingOrder, differing_orders
from allocation.backtest.figures import Bool, Figures, figures_of, filled_by_all
from allocation.backtest.intervals import Difference, differences
from allocation.backtest.load import Flow, LocationLoad, flows, loads
from allocation.backtest.metrics import METRICS, Metric, sums_of
from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.run import BacktestResult
from allocation.backtest.spread import Spread
from allocation.cost_breakdown import CostBreakdown
from routing.ids import OrderId


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of one contender.

    Attributes
    ----------
    value
        ``None`` when there is nothing to measure.
    difference
        To the first contender; ``None`` for the first itself.
    """

    metric: Metric
    value: float | None
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class BaselineSummary:
    """What the choices made at the time cost beside this contender's plans.

    Attributes
    ----------
    orders
        Orders that came with such a choice.
    priced
        Those of which it can be priced: it breaks no rule and takes what there is.
    cost_minor, saving_minor
        Of those: their choices, and how much less the plans cost.
    problems
        Why choices cannot be priced, by how often, most first.
    """

    orders: int
    priced: int
    cost_minor: int
    saving_minor: int
    problems: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ContenderSummary:
    """One rule set.

    Attributes
    ----------
    measured
        In the sequence of `METRICS`.
    cost, compared_cost
        By term: all orders together, and those that every contender fills.
    unproven
        Orders whose plan is not proven to be best within the budget.
    not_planned
        Orders that could not be planned at all, with the reason.
    """

    name: str
    measured: tuple[Measured, ...]
    cost: CostBreakdown
    compared_cost: CostBreakdown
    shipments_per_order: Spread
    distances: Spread
    delivery_days: Spread
    loads: tuple[LocationLoad, ...]
    flows: tuple[Flow, ...]
    left_out: tuple[tuple[str, int], ...]
    unproven: int
    not_planned: tuple[tuple[OrderId, str], ...]
    baseline: BaselineSummary | None


@dataclass(frozen=True, slots=True)
class BacktestSummary:
    """All rule sets over the same orders.

    Attributes
    ----------
    compared
        Orders that every contender fills completely: what costs are compared over.
    differing
        Orders that are not routed the same by all.
    seed
        Of the intervals.
    """

    orders: int
    compared: int
    contenders: tuple[ContenderSummary, ...]
    differing: tuple[DifferingOrder, ...]
    seed: int


def summarize(result: BacktestResult, seed: int = 1) -> BacktestSummary:
    """Return the figures of a backtest."""
    figures = [figures_of(outcomes) for outcomes in result.outcomes]
    measured = _measured(figures, seed)
    same = filled_by_all(figures)
    return BacktestSummary(
        orders=len(result.case.orders),
        compared=int(same.sum()),
        contenders=tuple(
            _contender(result, number, measured[number], same) for number in range(len(figures))
        ),
        differing=differing_orders(result),
        seed=seed,
    )


def _measured(figures: Sequence[Figures], seed: int) -> list[tuple[Measured, ...]]:
    """Return all metrics of each contender."""
    sums = [sums_of(metric, figures) for metric in METRICS]
    others = range(1, len(figures))
    pairs = [(of_metric[0], of_metric[number]) for of_metric in sums for number in others]
    to_first = iter(differences(pairs, seed))
    by_metric = [
        [
            Measured(metric, each.value, next(to_first) if number else None)
            for number, each in enumerate(of_metric)
        ]
        for metric, of_metric in zip(METRICS, sums, strict=True)
    ]
    return list(zip(*by_metric, strict=True))


def _contender(
    result: BacktestResult, number: int, measured: tuple[Measured, ...], same: Bool
) -> ContenderSummary:
    case, outcomes = result.case, result.outcomes[number]
    left_out = Counter(each.reason for outcome in outcomes for each in outcome.left_out)
    return ContenderSummary(
        name=case.contenders[number].name,
        measured=measured,
        cost=_total(outcomes),
        compared_cost=_total(list(compress(outcomes, same))),
        shipments_per_order=spread.shipments_per_order(outcomes),
        distances=spread.distances(outcomes),
        delivery_days=spread.days_to_delivery(outcomes),
        loads=loads(case.network, case.orders, outcomes),
        flows=flows(case.orders, outcomes),
        left_out=_by_count(left_out),
        unproven=sum(not each.optimal for each in outcomes if each.problem is None),
        not_planned=tuple(
            (past.order.id, outcome.problem)
            for past, outcome in zip(case.orders, outcomes, strict=True)
            if outcome.problem is not None
        ),
        baseline=_baseline(outcomes),
    )


def _total(outcomes: Sequence[OrderOutcome]) -> CostBreakdown:
    amounts: Counter[str] = Counter()
    for outcome in outcomes:
        for name, amount in outcome.cost.terms:
            amounts[name] += amount
    return CostBreakdown(tuple(sorted(amounts.items())))


def _baseline(outcomes: Sequence[OrderOutcome]) -> BaselineSummary | None:
    with_choice = [each for each in outcomes if each.baseline is not None]
    if not with_choice:
        return None
    priced = [
        (each.baseline.cost_minor, each.cost.total_minor)
        for each in with_choice
        if each.baseline is not None and each.baseline.cost_minor is not None
    ]
    problems = Counter(
        problem
        for each in with_choice
        if each.baseline is not None
        for problem in each.baseline.problems
    )
    theirs = sum(cost for cost, _ in priced)
    return BaselineSummary(
        orders=len(with_choice),
        priced=len(priced),
        cost_minor=theirs,
        saving_minor=theirs - sum(ours for _, ours in priced),
        problems=_by_count(problems),
    )


def _by_count(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
