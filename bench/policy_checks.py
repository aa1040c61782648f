"""What must hold of every order if the engine's proofs are true.

The cheapest plan has at least the freedom of a rule set that only chooses among the same plans:
with whole lines if the choice splits none, with splitting in any case. So it fills the order too,
and no choice costs less than its lower bound. That can be said only where all met the same stock.

What is compared is paid to somebody, or the price of late days: that is the same under all rule
sets, and what the cheapest plan weighs against postage. Postage alone may well be less elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.run import BacktestResult
from allocation.backtest.terms import kind_of, paid_minor
from allocation.cost_breakdown import CostBreakdown
from bench.policy_rules import CHEAPEST, SPLITTING


def violations(result: BacktestResult) -> tuple[str, ...]:
    """Return what contradicts a proof, in sentences that name the order."""
    if result.case.uses_up_stock:
        return ()
    names = [each.name for each in result.case.contenders]
    return tuple(
        f"order {past.order.id}: {each}"
        for past, outcomes in zip(
            result.case.orders, zip(*result.outcomes, strict=True), strict=True
        )
        for each in contradictions(dict(zip(names, outcomes, strict=True)))
    )


def beaten(result: BacktestResult) -> int:
    """Return how often a choice undercuts a plan of ours that it could have been.

    No contradiction where the plan is not proven, but a better plan than it was there to find.
    """
    if result.case.uses_up_stock:
        return 0
    names = [each.name for each in result.case.contenders]
    return sum(
        compared_minor(theirs.cost) < compared_minor(plan.cost)
        for outcomes in zip(*result.outcomes, strict=True)
        for _, plan, _, theirs in _comparable(dict(zip(names, outcomes, strict=True)))
        if plan.complete
    )


def compared_minor(cost: CostBreakdown) -> int:
    """Return what is paid, and the price of late days."""
    late = sum(amount for name, amount in cost.terms if kind_of(name) == "lateness")
    return paid_minor(cost) + late


def contradictions(outcomes: dict[str, OrderOutcome]) -> Iterator[str]:
    """Yield what cannot be true of one order, given everybody's outcome with the same stock."""
    for ours, plan, name, theirs in _comparable(outcomes):
        compared = compared_minor(theirs.cost)
        if not plan.complete:
            if plan.optimal:
                yield f"{name} fills it, {ours} is proven optimal and does not"
        elif compared < plan.bound_minor:
            yield f"{name} costs {compared}, below {ours}'s bound {plan.bound_minor}"


def _comparable(
    outcomes: dict[str, OrderOutcome],
) -> Iterator[tuple[str, OrderOutcome, str, OrderOutcome]]:
    """Yield our plans, each with every filled choice that it could have been."""
    for ours in (CHEAPEST, SPLITTING):
        plan = outcomes.get(ours)
        for name, theirs in outcomes.items():
            if plan is None or name == ours or not theirs.complete:
                continue
            if is_whole(theirs) or ours == SPLITTING:
                yield ours, plan, name, theirs


def is_whole(outcome: OrderOutcome) -> bool:
    """Whether no line leaves from several locations."""
    lines = [part.line_id for part in outcome.parts]
    return len(lines) == len(set(lines))
