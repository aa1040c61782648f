"""The same orders with true parcels and a promise: cartons, sizes, and two working days.

What is synthetic or assumed:

- **Size of an item**: its weight at a density drawn from 0.15 to 0.6 kg per litre, in the
  proportions 5 : 4 : 2, so that light things are often billed by their volume.
- **Cartons**: five cubes and flat boxes of usual sizes with tare and cost; packers use 85 % of one.
- **Promise**: delivered by the second working day after the order, by the *latest* day that the
  carrier service states. A late day costs `LATE_DAY_MINOR` under every rule set, so that an order
  ships late rather than not at all, and nobody is favoured. Landed cost is what is paid; the
  cheapest plan minimises that *and* late days, so only both together can be compared with it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import compress
from statistics import mean
from typing import Final

from allocation.backtest.case import BacktestCase, Contender, PastOrder, make_case
from allocation.backtest.run import BacktestResult
from allocation.backtest.summary import BacktestSummary
from bench.policy_checks import compared_minor
from routing.carton import Carton
from routing.ids import CartonId
from routing.item import Dimensions, InventoryItem
from routing.network import make_network
from routing.order import Order
from routing.rating.card_book import CardBook
from routing.rating.load import shipped_cards
from routing.rating.load_transit import shipped_transit
from routing.rating.load_zones import shipped_zone_bands
from routing.rating.zone_resolver import ZoneResolver
from routing.rules import RuleSet, parse_rule_set

PROMISE_DAYS: Final = 2
LATE_DAY_MINOR: Final = 500
MEASURED: Final[Mapping[str, str]] = {
    "late_share": "late_share_2day",
    "paid_per_order": "landed_cost_2day",
    "shipments_per_order": "shipments_2day",
    "fill_rate": "fill_rate_2day",
}
"""Metric of the backtest to its name beside those without a promise."""

_SHAPE: Final = (5, 4, 2)
_DENSITY_G_PER_L: Final = (150, 600)
_FRIDAY: Final = 4
# Inner sides in millimetres, tare in grams, cost in cents.
_CARTONS: Final = (
    ("flat", (320, 230, 60), 90, 45),
    ("small", (230, 180, 150), 120, 55),
    ("medium", (310, 240, 200), 220, 80),
    ("large", (400, 310, 260), 400, 120),
    ("extra-large", (610, 460, 410), 900, 260),
)
_FILL_PERCENT: Final = 85
_UM_PER_MM: Final = 1_000
_UG_PER_G: Final = 1_000_000


def cartons() -> tuple[Carton, ...]:
    """Return the cartons that everybody packs into."""
    return tuple(
        Carton(
            CartonId(name),
            inner=_box(sides),
            outer=_box(tuple(side + 6 for side in sides)),
            tare_ug=tare_g * _UG_PER_G,
            cost_minor=cost_minor,
            fill_percent=_FILL_PERCENT,
        )
        for name, sides, tare_g, cost_minor in _CARTONS
    )


def promised(case: BacktestCase, seed: int, most: int) -> BacktestCase:
    """Return a case with sizes, cartons, and a date on each of at most `most` orders."""
    network = make_network(
        case.network.locations,
        sized(case.network.items.values(), seed),
        CardBook(shipped_cards()),
        {scheme: ZoneResolver(bands) for scheme, bands in shipped_zone_bands().items()},
        shipped_transit(),
        cartons=cartons(),
    )
    return make_case(
        [PastOrder(dated(past.order)) for past in case.orders[:most]],
        network,
        case.stock,
        [_pricing_lateness(each) for each in case.contenders],
        case.budget_s,
        uses_up_stock=case.uses_up_stock,
    )


def sized(items: Iterable[InventoryItem], seed: int) -> tuple[InventoryItem, ...]:
    """Return items with synthetic sizes; each depends on its name, weight and the seed alone."""
    return tuple(replace(each, dimensions=_size(each, seed)) for each in items)


def dated(order: Order) -> Order:
    """Return an order that was promised by the second working day after it came."""
    return replace(order, deliver_by=working_days_after(order.placed_time.date(), PROMISE_DAYS))


def working_days_after(day: date, count: int) -> date:
    """Return the day that is `count` days from Monday to Friday after another."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() <= _FRIDAY
    return day


def figures_of(
    result: BacktestResult, summary: BacktestSummary
) -> dict[str, dict[str, float | int | None]]:
    """Return what was measured under the promise, by rule set; money in minor units."""
    by_order = zip(*result.outcomes, strict=True)
    same = [all(each.complete for each in outcomes) for outcomes in by_order]
    totals = [
        mean([compared_minor(each.cost) for each in compress(outcomes, same)] or [0])
        for outcomes in result.outcomes
    ]
    return {
        each.name: {
            MEASURED[measured.metric.name]: _rounded(measured.value)
            for measured in each.measured
            if measured.metric.name in MEASURED
        }
        | {
            "cost_with_late_days_2day": _rounded(total) if any(same) else None,
            "orders_not_proven_2day": each.unproven,
        }
        for each, total in zip(summary.contenders, totals, strict=True)
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _pricing_lateness(contender: Contender) -> Contender:
    """Return a rule set under which a late day costs `LATE_DAY_MINOR`; plain knobs likewise.

    It is written into the text: that is what goes to other processes.
    """
    rules = contender.rules
    if not isinstance(rules, RuleSet):
        return replace(contender, rules=replace(rules, late_day_minor=LATE_DAY_MINOR))
    text = f"{rules.text}\ncost:\n  late_day_minor: {LATE_DAY_MINOR}\n"
    return replace(contender, rules=parse_rule_set(text, file_name=rules.name, name=rules.name))


def _size(item: InventoryItem, seed: int) -> Dimensions:
    density = random.Random(f"{seed}:density:{item.id}").randint(*_DENSITY_G_PER_L)
    volume_mm3 = item.weight_ug / _UG_PER_G / density * 1_000_000
    unit_mm = (volume_mm3 / (_SHAPE[0] * _SHAPE[1] * _SHAPE[2])) ** (1 / 3)
    return _box(tuple(max(1, round(unit_mm * side)) for side in _SHAPE))


def _box(sides_mm: tuple[int, ...]) -> Dimensions:
    length, width, height = (side * _UM_PER_MM for side in sides_mm)
    return Dimensions(length, width, height)
