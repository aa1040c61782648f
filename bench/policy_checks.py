"""What must hold of every order if the engine's proofs are true.

The cheapest plan has at least the freedom of a rule set that only chooses among the same plans:
with whole lines if the choice splits none, with splitting in any case. So it fills the order too,
and no choice costs less than its lower bound. That can be said only where all met the same stock.
"""

from __future__ import annotations

from collections.abc import Iterator

from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.run import BacktestResult
from allocation.backtest.terms import paid_minor
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


def contradictions(outcomes: dict[str, OrderOutcome]) -> Iterator[str]:
    """Yield what cannot be true of one order, given everybody's outcome with the same stock."""
    for ours in (CHEAPEST, SPLITTING):
        plan = outcomes.get(ours)
        for name, theirs in outcomes.items():
            if plan is None or name == ours or not theirs.complete:
                continue
            if not is_whole(theirs) and ours == CHEAPEST:
                continue
            if not plan.complete:
                if plan.optimal:
                    yield f"{name} fills it, {ours} is proven optimal and does not"
            elif paid_minor(theirs.cost) < plan.bound_minor:
                yield (
                    f"{name} costs {paid_minor(theirs.cost)}, below {ours}'s bound "
                    f"{plan.bound_minor}"
                )


def is_whole(outcome: OrderOutcome) -> bool:
    """Whether no line leaves from several locations."""
    lines = [part.line_id for part in outcome.parts]
    return len(lines) == len(set(lines))
