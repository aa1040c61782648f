"""Stockout risk: how likely one lead time asks for more than there is."""

from __future__ import annotations

from statistics import NormalDist
from typing import Final

from allocation.low_stock.demand import LeadTimeDemand

Z_THOUSANDTHS: Final = tuple(
    round(1000 * NormalDist().inv_cdf(1 - percent / 100)) for percent in range(1, 100)
)
"""Standard deviations, in thousandths, that demand exceeds with 1, 2 ... 99 percent."""


def stockout_risk_percent(demand: LeadTimeDemand, increments: int) -> int:
    """Return the whole percentage with which a lead time's demand exceeds what is there.

    Demand is taken for normal. That is coarse for an item that sells in few of the weeks;
    without any spread it is all or nothing.
    """
    surplus = demand.surplus(increments)
    if demand.root == 0:
        return 100 if surplus < 0 else 0
    return sum(1000 * surplus <= z * demand.root for z in Z_THOUSANDTHS)
