"""What must hold of every order if the engine's proofs are true.

ShipFrom has at least the freedom of a policy that fills the order completely: with whole lines if
the choice splits none, with splitting in any case. So it fills the order too, its proven plan
costs no more, and no choice costs less than its lower bound.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.policy_outcome import OrderResult, Outcome
from bench.policy_table import SHIPFROM, SHIPFROM_SPLIT


def violations(result: OrderResult) -> tuple[str, ...]:
    """Return what contradicts a proof, in sentences that name the order."""
    found = []
    for ours in (SHIPFROM, SHIPFROM_SPLIT):
        found += list(_against_itself(result, ours))
        for name, theirs in result.outcomes.items():
            if name != ours and _allowed(ours, theirs):
                found += list(_against(result, ours, name, theirs))
    return tuple(f"{describe(result)}: {each}" for each in found)


def cheaper_than_unproven(result: OrderResult, ours: str) -> tuple[str, ...]:
    """Return the policies that beat a plan which is not proven optimal: no contradiction."""
    if result.proven[ours].optimal:
        return ()
    plan = result.outcomes[ours]
    return tuple(
        name
        for name, theirs in result.outcomes.items()
        if _allowed(ours, theirs) and _less(theirs, plan)
    )


def describe(result: OrderResult) -> str:
    """Name an order with what makes it easy or hard."""
    return (
        f"order {result.order_id} ({result.lines} lines, {result.units} units, "
        f"{result.weight_g / 1_000:.1f} kg)"
    )


def _allowed(ours: str, theirs: Outcome) -> bool:
    """Whether the engine could have made this very choice, and it fills the order."""
    if not theirs.complete or theirs.cost_minor is None:
        return False
    return theirs.whole or ours == SHIPFROM_SPLIT


def _less(one: Outcome, other: Outcome) -> bool:
    if one.cost_minor is None or other.cost_minor is None:
        return False
    return one.cost_minor < other.cost_minor


def _against_itself(result: OrderResult, ours: str) -> Iterator[str]:
    plan, proven = result.outcomes[ours], result.proven[ours]
    if plan.problems:
        yield f"{ours} made a choice that has no price: {'; '.join(plan.problems)}"
    elif proven.repriced_minor is None or plan.cost_minor is None:
        yield f"{ours} has no price"
    elif proven.repriced_minor > plan.cost_minor:
        yield f"{ours} says {plan.cost_minor}, its own choice costs {proven.repriced_minor}"
    elif proven.optimal and proven.repriced_minor < plan.cost_minor:
        yield f"{ours} is proven at {plan.cost_minor}, its own choice costs {proven.repriced_minor}"


def _against(result: OrderResult, ours: str, name: str, theirs: Outcome) -> Iterator[str]:
    plan, proven = result.outcomes[ours], result.proven[ours]
    if not plan.complete:
        if proven.optimal:
            yield f"{name} fills the order, {ours} is proven optimal and does not"
        return
    if theirs.cost_minor is not None and theirs.cost_minor < proven.lower_bound_minor:
        yield f"{name} costs {theirs.cost_minor}, below {ours}'s bound {proven.lower_bound_minor}"
    if proven.optimal and _less(theirs, plan):
        yield f"{name} costs {theirs.cost_minor}, {ours} is proven optimal at {plan.cost_minor}"
