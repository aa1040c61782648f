"""What rule sets are measured by: one table, read by every form of the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from allocation.backtest.figures import Bool, Figures, Int64, filled_by_all


class Unit(Enum):
    """How the values of a metric are written."""

    MONEY = "minor units"
    COUNT = "count"
    KILOMETRES = "km"
    DAYS = "days"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Metric:
    """A quotient of two sums over orders.

    Attributes
    ----------
    name, title
        For machines and for people.
    above, below
        What is summed above and below the line.
    everything
        Whether all orders count. Costs and distances are compared over the orders that
        every contender fills, because leaving lines out is cheap.
    less_is_better
        ``None`` where neither direction is good in itself.
    """

    name: str
    title: str
    unit: Unit
    above: Callable[[Figures], Int64]
    below: Callable[[Figures], Int64]
    everything: bool
    less_is_better: bool | None


def _ones(figures: Figures) -> Int64:
    return np.ones(figures.planned.size, dtype=np.int64)


METRICS: Final = (
    Metric(
        "paid_per_order",
        "Cost per order",
        Unit.MONEY,
        lambda figures: figures.paid_minor,
        _ones,
        everything=False,
        less_is_better=True,
    ),
    Metric(
        "shipments_per_order",
        "Shipments per order",
        Unit.COUNT,
        lambda figures: figures.shipments,
        _ones,
        everything=False,
        less_is_better=True,
    ),
    Metric(
        "distance_per_shipment",
        "Distance per shipment",
        Unit.KILOMETRES,
        lambda figures: figures.distance_m,
        lambda figures: figures.distances * 1_000,
        everything=False,
        less_is_better=None,
    ),
    Metric(
        "delivery_days",
        "Days to delivery",
        Unit.DAYS,
        lambda figures: figures.days,
        lambda figures: figures.days_known,
        everything=False,
        less_is_better=True,
    ),
    Metric(
        "late_share",
        "Late orders",
        Unit.SHARE,
        lambda figures: figures.late,
        lambda figures: figures.dated,
        everything=True,
        less_is_better=True,
    ),
    Metric(
        "fill_rate",
        "Units filled",
        Unit.SHARE,
        lambda figures: figures.filled_e6,
        lambda figures: figures.units_e6,
        everything=True,
        less_is_better=False,
    ),
    Metric(
        "complete_share",
        "Orders filled completely",
        Unit.SHARE,
        lambda figures: figures.complete.astype(np.int64),
        _ones,
        everything=True,
        less_is_better=False,
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What a metric sums for one contender, int64 ``[orders]``; 0 where it does not count."""

    above: Int64
    below: Int64

    @property
    def value(self) -> float | None:
        """The quotient, ``None`` when there is nothing to divide by."""
        below = int(self.below.sum())
        return int(self.above.sum()) / below if below else None


def sums_of(metric: Metric, figures: Sequence[Figures]) -> tuple[Sums, ...]:
    """Return the sums of a metric for every contender."""
    same = filled_by_all(figures)
    return tuple(_sums(metric, each, None if metric.everything else same) for each in figures)


def _sums(metric: Metric, figures: Figures, counted: Bool | None) -> Sums:
    if counted is None:
        return Sums(metric.above(figures), metric.below(figures))
    return Sums(
        np.where(counted, metric.above(figures), 0), np.where(counted, metric.below(figures), 0)
    )
