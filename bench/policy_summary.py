"""Averages of a run, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.policy_checks import cheaper_than_unproven, describe, violations
from bench.policy_outcome import BUDGET_S, OrderResult
from bench.policy_table import NAMES, SHIPFROM, SHIPFROM_SPLIT, SPLITS

Json = dict[str, object]

_LISTED: Final = 8


@dataclass(frozen=True, slots=True)
class PolicySummary:
    """Averages of one policy on one network.

    Attributes
    ----------
    cost_per_order_minor, ratio_to_shipfrom, shipments_per_order, mean_distance_km
        Over the orders that every policy fills completely; the distance per shipment.
    fill_rate
        Lines filled completely, of the lines of all orders.
    complete
        Orders that it fills completely.
    """

    cost_per_order_minor: float
    ratio_to_shipfrom: float
    shipments_per_order: float
    mean_distance_km: float
    fill_rate: float
    complete: int


def compared(results: Sequence[OrderResult]) -> tuple[OrderResult, ...]:
    """Return the orders that every policy fills completely and that all have a price."""
    return tuple(
        result
        for result in results
        if all(each.complete and each.cost_minor is not None for each in result.outcomes.values())
    )


def summarize(results: Sequence[OrderResult]) -> Mapping[str, PolicySummary]:
    """Return the averages by policy; empty when no order is filled by all of them."""
    same = compared(results)
    if not same:
        return {}
    ours = _total_cost(same, SHIPFROM)
    return {name: _summary(name, results, same, ours) for name in NAMES}


def _total_cost(results: Sequence[OrderResult], name: str) -> int:
    return sum(result.outcomes[name].cost_minor or 0 for result in results)


def _summary(
    name: str, results: Sequence[OrderResult], same: Sequence[OrderResult], ours_minor: int
) -> PolicySummary:
    cost_minor = _total_cost(same, name)
    shipments = sum(result.outcomes[name].shipments for result in same)
    distance_m = sum(result.outcomes[name].distance_m for result in same)
    filled = sum(result.outcomes[name].lines_filled for result in results)
    return PolicySummary(
        cost_per_order_minor=round(cost_minor / len(same), 2),
        ratio_to_shipfrom=round(cost_minor / ours_minor, 4),
        shipments_per_order=round(shipments / len(same), 4),
        mean_distance_km=round(distance_m / shipments / 1_000, 1),
        fill_rate=round(filled / sum(result.lines for result in results), 5),
        complete=sum(result.outcomes[name].complete for result in results),
    )


HEADERS: Final = (
    "policy",
    "cost/order",
    "ratio",
    "shipments",
    "km/shipment",
    "fill rate",
    "complete",
    "lines",
)


def table_rows(results: Sequence[OrderResult]) -> list[tuple[str, ...]]:
    """Return the rows of the table of one network; costs in major units."""
    return [
        (
            name,
            f"{each.cost_per_order_minor / 100:.2f}",
            f"{each.ratio_to_shipfrom:.3f}",
            f"{each.shipments_per_order:.3f}",
            f"{each.mean_distance_km:.0f}",
            f"{each.fill_rate:.2%}",
            str(each.complete),
            "may split" if name in SPLITS else "whole",
        )
        for name, each in summarize(results).items()
    ]


def proof_lines(results: Sequence[OrderResult]) -> Iterator[str]:
    """Yield what is proven, what contradicts a proof, and what is not proven."""
    for ours in (SHIPFROM, SHIPFROM_SPLIT):
        times_ms = sorted(result.proven[ours].total_s * 1e3 for result in results)
        proven = sum(result.proven[ours].optimal for result in results)
        late = sum(time_ms > 1.5e3 * BUDGET_S[ours] for time_ms in times_ms)
        yield (
            f"{ours}: {proven} of {len(results)} proven optimal; median {median(times_ms):.1f} ms, "
            f"slowest {times_ms[-1]:.0f} ms, {late} over the budget by half or more"
        )
        unproven = [_unproven(result, ours) for result in results if not _optimal(result, ours)]
        yield from unproven[:_LISTED]
        if len(unproven) > _LISTED:
            yield f"  and {len(unproven) - _LISTED} more; the last line has their ids"
    yield from (f"VIOLATION: {each}" for result in results for each in violations(result))


def _optimal(result: OrderResult, ours: str) -> bool:
    return result.proven[ours].optimal


def _unproven(result: OrderResult, ours: str) -> str:
    proven, outcomes = result.proven[ours], result.outcomes
    cheaper = [
        f"{name} {outcomes[name].cost_minor}" for name in cheaper_than_unproven(result, ours)
    ]
    return (
        f"  not proven: {describe(result)} {outcomes[ours].cost_minor}, bound "
        f"{proven.lower_bound_minor}, {proven.solver}, {proven.total_s * 1e3:.0f} ms"
        f"{'; cheaper: ' if cheaper else ''}{', '.join(cheaper)}"
    )


def policies_json(results: Sequence[OrderResult]) -> Json:
    """Return the averages by policy."""
    return {
        name: {
            "cost_per_order_minor": each.cost_per_order_minor,
            "ratio_to_shipfrom": each.ratio_to_shipfrom,
            "shipments_per_order": each.shipments_per_order,
            "mean_distance_km": each.mean_distance_km,
            "fill_rate": each.fill_rate,
            "orders_complete": each.complete,
        }
        for name, each in summarize(results).items()
    }


def run_json(results: Sequence[OrderResult]) -> Json:
    """Return what the averages rest on."""
    return {
        "orders": len(results),
        "orders_compared": len(compared(results)),
        "proven_optimal": {
            ours: sum(result.proven[ours].optimal for result in results)
            for ours in (SHIPFROM, SHIPFROM_SPLIT)
        },
        "median_ms": {
            ours: round(median(result.proven[ours].total_s for result in results) * 1e3, 2)
            for ours in (SHIPFROM, SHIPFROM_SPLIT)
        },
        "unproven": {
            ours: [result.order_id for result in results if not _optimal(result, ours)]
            for ours in (SHIPFROM, SHIPFROM_SPLIT)
        },
        "unproven_and_beaten": {
            ours: sum(bool(cheaper_than_unproven(result, ours)) for result in results)
            for ours in (SHIPFROM, SHIPFROM_SPLIT)
        },
        "violations": [each for result in results for each in violations(result)],
    }
