"""A backtest as JSON, for other programs. The same input gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from allocation.backtest.case import BacktestCase
from allocation.backtest.differences import DifferingOrder
from allocation.backtest.intervals import LEVEL, RESAMPLES, Difference
from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.run import BacktestResult
from allocation.backtest.spread import Spread
from allocation.backtest.summary import BacktestSummary, ContenderSummary, Measured
from allocation.backtest.terms import paid_minor
from routing.quantity import E6, Quantity

Json = dict[str, Any]

_DIGITS: Final = 6
"""Decimals of quotients; amounts of money and counts are whole numbers."""


def backtest_document(result: BacktestResult, summary: BacktestSummary, currency: str) -> Json:
    """Return everything that a backtest found, as values that JSON has.

    Amounts are in minor units of `currency`, distances in kilometres, quantities in line units
    as text. `differing_orders` holds every order that is not routed alike; their `sentences`
    are there for those that were explained.
    """
    return {
        "orders": summary.orders,
        "orders_filled_by_all": summary.compared,
        "first_placed_time": _time(result.case, 0),
        "last_placed_time": _time(result.case, -1),
        "locations": len(result.case.network.locations),
        "currency": currency,
        "intervals": {"level": LEVEL, "resamples": RESAMPLES, "seed": summary.seed},
        "rule_sets": [_contender(each) for each in summary.contenders],
        "differing_orders": [_differing(result, each) for each in summary.differing],
    }


def _time(case: BacktestCase, number: int) -> str:
    return case.orders[number].order.placed_time.isoformat().replace("+00:00", "Z")


def _contender(summary: ContenderSummary) -> Json:
    return {
        "name": summary.name,
        "metrics": {each.metric.name: _measured(each) for each in summary.measured},
        "cost_minor": dict(summary.cost.terms),
        "cost_of_orders_filled_by_all_minor": dict(summary.compared_cost.terms),
        "shipments_per_order": _spread(summary.shipments_per_order),
        "distance_km": _spread(summary.distances),
        "delivery_days": _spread(summary.delivery_days),
        "locations": [
            {
                "location_id": each.location_id,
                "shipments": each.shipments,
                "lines": each.lines,
                "units": _units(each.units_e6),
                "cost_minor": each.cost_minor,
                "busiest_day_shipments": each.busiest_day_shipments,
            }
            for each in summary.loads
        ],
        "unfilled_lines": dict(summary.left_out),
        "orders_not_proven": summary.unproven,
        "orders_not_planned": [
            {"order_id": order_id, "problem": problem} for order_id, problem in summary.not_planned
        ],
        "baseline": _baseline(summary),
    }


def _measured(measured: Measured) -> Json:
    return {
        "unit": measured.metric.unit.value,
        "value": _rounded(measured.value),
        "difference": _difference(measured.difference),
    }


def _difference(difference: Difference | None) -> Json | None:
    if difference is None:
        return None
    return {
        "value": _rounded(difference.value),
        "low": _rounded(difference.low),
        "high": _rounded(difference.high),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _spread(spread: Spread) -> Mapping[str, int]:
    return dict(zip(spread.labels, spread.counts, strict=True)) | {"unknown": spread.unknown}


def _units(quantity_e6: int) -> str:
    return str(Quantity(quantity_e6, len(str(E6)) - 1))


def _baseline(summary: ContenderSummary) -> Json | None:
    found = summary.baseline
    if found is None:
        return None
    return {
        "orders": found.orders,
        "orders_priced": found.priced,
        "cost_minor": found.cost_minor,
        "saving_minor": found.saving_minor,
        "problems": dict(found.problems),
    }


def _differing(result: BacktestResult, order: DifferingOrder) -> Json:
    return {
        "order_id": result.case.orders[order.number].order.id,
        "spread_minor": order.spread_minor,
        "plans": {
            contender.name: _plan(outcomes[order.number])
            | {"sentences": list(order.sentences[number]) if order.sentences else []}
            for number, (contender, outcomes) in enumerate(
                zip(result.case.contenders, result.outcomes, strict=True)
            )
        },
    }


def _plan(outcome: OrderOutcome) -> Json:
    return {
        "paid_minor": paid_minor(outcome.cost),
        "cost_minor": dict(outcome.cost.terms),
        "parts": [
            {
                "line_id": each.line_id,
                "location_id": each.location_id,
                "quantity": _units(each.quantity_e6),
            }
            for each in outcome.parts
        ],
        "unfilled": [
            {
                "line_id": each.line_id,
                "quantity": _units(each.quantity_e6),
                "reason": each.reason,
                "detail": each.detail,
            }
            for each in outcome.left_out
        ],
        "shipments": [
            {
                "location_id": each.location_id,
                "carrier": each.carrier,
                "service": each.service,
                "distance_m": each.distance_m,
                "latest_delivery_date": None
                if each.latest_delivery_date is None
                else each.latest_delivery_date.isoformat(),
                "cost_minor": each.cost_minor,
            }
            for each in outcome.shipments
        ],
    }
