"""The strategy of a policy as the tiers of one order's problem."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.network import Network
from routing.order import Order
from routing.sourcing.layout import Layout
from routing.sourcing.objectives import COST, OBJECTIVES, Offered, substituted, unfilled, waiting
from routing.sourcing.policy import Policy
from routing.sourcing.problem import Int64, Lanes
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.tier import Tier


def tiers_of(
    policy: Policy,
    order: Order,
    network: Network,
    lines: Sequence[ResolvedLine],
    lanes: Lanes,
    layout: Layout,
    wanted: Int64,
    available: Int64,
) -> tuple[Tier, ...]:
    """Return what is minimised, most important first.

    Filling comes first unless leaving a unit out has a price, then filling from what is
    there unless waiting has a price, then with what was ordered unless substitutes have one,
    and the cost last unless the policy has it further up.

    Parameters
    ----------
    wanted
        int64 ``[k]``: increments of each item that the order takes in all.
    available
        int64 ``[k, all locations]``.
    """
    unit_increments = np.array([int(10**line.scale) for line in lines], dtype=np.int64)
    tiers = [COST]
    # Nothing needs to be known of the lanes for the cost alone.
    if policy.objectives != ("cost",):
        offered = _offered(order, network, lanes, layout, wanted, available, unit_increments)
        tiers = [OBJECTIVES[name](offered) for name in policy.objectives]
    if not any(tier.counts_cost for tier in tiers):
        tiers.append(COST)
    if policy.substitute_unit_minor is None and any(line.substitute_rank for line in lines):
        rank = np.array([line.substitute_rank for line in lines], dtype=np.int64)
        tiers.insert(0, substituted(unit_increments, rank, len(lanes)))
    if policy.backorder_unit_minor is None and layout.supply is not None and layout.later.any():
        tiers.insert(0, waiting(unit_increments, layout.later))
    if policy.unfilled_unit_minor is None:
        tiers.insert(0, unfilled(unit_increments))
    return tuple(tiers)


def _offered(
    order: Order,
    network: Network,
    lanes: Lanes,
    layout: Layout,
    wanted: Int64,
    available: Int64,
    unit_increments: Int64,
) -> Offered:
    here = layout.facts.location
    abroad = ~network.facts.in_market(order.destination.country)
    covered = (available >= wanted[:, None]).sum(axis=0)
    return Offered(
        location=layout.location_rank,
        distance_m=lanes.distance_m,
        delivery_day=lanes.delivery_day,
        placed_day=order.placed_time.date().toordinal(),
        abroad=abroad[here],
        covered=covered[here],
        unit_increments=unit_increments,
    )
