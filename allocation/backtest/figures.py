"""The figures of one rule set, one entry per order, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.terms import paid_minor

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Arrays of length ``orders``, int64 unless stated.

    Attributes
    ----------
    planned
        bool: the order could be planned at all, whatever was in stock.
    complete
        bool: every line is filled.
    paid_minor
        See `terms.paid_minor`.
    cost_minor
        With penalties.
    shipments
        Number of shipments.
    distance_m, distances
        Sum of the known distances, and how many are known.
    days, days_known
        Days to the last delivery, 0 where unknown; whether it is known, 0 or 1.
    late, dated
        Late or not, 0 or 1; whether the order asked for a date and ships, 0 or 1.
    units_e6, filled_e6
        Units ordered and filled, times one million.
    """

    planned: Bool
    complete: Bool
    paid_minor: Int64
    cost_minor: Int64
    shipments: Int64
    distance_m: Int64
    distances: Int64
    days: Int64
    days_known: Int64
    late: Int64
    dated: Int64
    units_e6: Int64
    filled_e6: Int64


def figures_of(outcomes: Sequence[OrderOutcome]) -> Figures:
    """Collect the figures of a contender's outcomes."""

    def of(value: Callable[[OrderOutcome], int]) -> Int64:
        return np.array([value(each) for each in outcomes], dtype=np.int64)

    return Figures(
        planned=of(lambda each: each.problem is None).astype(np.bool_),
        complete=of(lambda each: each.complete).astype(np.bool_),
        paid_minor=of(lambda each: paid_minor(each.cost)),
        cost_minor=of(lambda each: each.cost.total_minor),
        shipments=of(lambda each: len(each.shipments)),
        distance_m=of(lambda each: sum(one.distance_m or 0 for one in each.shipments)),
        distances=of(lambda each: sum(one.distance_m is not None for one in each.shipments)),
        days=of(lambda each: each.delivery_days or 0),
        days_known=of(lambda each: each.delivery_days is not None),
        late=of(lambda each: bool(each.late)),
        dated=of(lambda each: each.late is not None),
        units_e6=of(lambda each: each.units_e6),
        filled_e6=of(lambda each: each.units_filled_e6),
    )


def filled_by_all(figures: Sequence[Figures]) -> Bool:
    """Return bool ``[orders]``: every contender fills the order completely."""
    filled: Bool = np.logical_and.reduce([each.complete for each in figures])
    return filled
