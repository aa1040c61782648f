"""Strategies that want the fewest shipments first: count them, then allow no more.

Tiers below the number of shipments are sums over shipments, and their totals are bounded by
how many there can be. Where the number is minimised before them, it can be found on its own,
which is cheap, and no best plan has more. With that limit the totals of all tiers below fit
into one integer for many more orders.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier


def counting_problem(problem: SourcingProblem) -> SourcingProblem | None:
    """Return the problem of the number of shipments alone; ``None`` where it is not first.

    Its tiers are those up to the number of shipments; before it there may only be what is
    left out. There is none either when one shipment is the limit anyway.
    """
    if problem.limits.max_shipments <= 1:
        return None
    for index, tier in enumerate(problem.tiers[:-1]):
        if _counts_shipments(tier):
            return replace(problem, tiers=problem.tiers[: index + 1])
        if tier.counts_cost or tier.shipment is not None or tier.unit is not None:
            return None
    return None


def _counts_shipments(tier: Tier) -> bool:
    only = not tier.counts_cost and tier.unit is None and tier.unfilled is None
    return only and tier.shipment is not None and bool(np.all(tier.shipment == 1))
