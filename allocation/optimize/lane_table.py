"""What every set of lines costs on every lane, as one table, where one parcel is cheapest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.rate_table import rate_table
from allocation.optimize.scalar import Scalarization, TierRange, scalarize
from routing.parcels.partition import INFINITE
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LaneTable:
    """Sets of lines by lanes. Bit ``i`` of a set's number stands for line ``i``.

    Attributes
    ----------
    numbers
        int64 ``[s]``: 0 to ``s - 1``.
    scalars
        int64 ``[s, j]``: one number that compares all tiers and tie-breaks at once;
        `INFINITE` where the lane may or can not carry the set, and for the empty set.
    cost_minor
        int64 ``[s, j]``: landed cost of the shipment, without that of a further one.
    pieces
        int64 ``[s, p]``: pieces in each set.
    left_out
        Scalar of leaving out each line.
    first_is_free
        Scalar of the further-shipment cost, which is in all `scalars`.
    """

    numbers: Int64
    scalars: Int64
    cost_minor: Int64
    pieces: Int64
    left_out: list[int]
    first_is_free: int


@lru_cache(maxsize=16)
def _sets(count: int) -> tuple[Int64, Int64]:
    """Return the numbers of all sets and, int64 ``[s, n]``, 1 where a line is a member."""
    numbers = np.arange(1 << count, dtype=np.int64)
    members = (numbers[:, None] >> np.arange(count, dtype=np.int64)) & 1
    numbers.setflags(write=False)
    members.setflags(write=False)
    return numbers, members


def price_lanes(problem: SourcingProblem) -> LaneTable | None:
    """Price all sets of lines, each line whole, on all lanes.

    ``None`` when one parcel is not proven cheapest for everything on every lane, or when
    the tiers do not fit into one number.
    """
    lines, lanes, pieces = problem.lines, problem.lanes, problem.pieces
    numbers, members = _sets(len(lines))
    quantities = members * lines.demand
    held = quantities[:, pieces.line] * pieces.per_increment
    weight_ug = held @ pieces.weight_ug
    volume_nl = held @ pieces.volume_nl
    rates = rate_table(lanes.tariffs)
    if not rates.one_parcel_is_cheapest(lanes.tariff, int(weight_ug[-1]), int(volume_nl[-1])):
        return None
    cost = rates.price_minor(weight_ug)[:, lanes.tariff]
    cost += lanes.shipment_minor + lanes.parcel_minor
    cost += members @ lanes.line_minor + quantities @ lanes.unit_minor
    amounts = [_amounts(tier, quantities) for tier in problem.tiers]
    scale = _scalarization(problem, cost, amounts)
    if scale is None:
        return None
    scalars, left_out, first_is_free = _combine(problem, scale, cost, amounts)
    scalars[~_able(problem, numbers, members, quantities)] = INFINITE
    scalars[0] = INFINITE
    return LaneTable(numbers, scalars, cost, held, left_out, first_is_free)


def _able(problem: SourcingProblem, numbers: Int64, members: Int64, quantities: Int64) -> Int64:
    """Return bool ``[s, j]``: stock, capacity and eligibility let the lane carry the set."""
    lines, lanes, limits = problem.lines, problem.lanes, problem.limits
    need = quantities @ lines.use
    here = (need[:, :, None] <= problem.available).all(axis=1)
    here &= quantities.sum(axis=1)[:, None] <= limits.location_units
    here &= members.sum(axis=1)[:, None] <= limits.location_lines
    refused = ~(numbers[1 << np.arange(len(lines))] @ lanes.eligible)
    able: Int64 = here[:, lanes.location] & ((numbers[:, None] & refused) == 0)
    return able


def _amounts(tier: Tier, quantities: Int64) -> Int64 | None:
    """Return what a shipment adds to a tier besides landed cost, ``[s, j]`` or ``[j]``."""
    if tier.unit is None:
        return tier.shipment
    by_unit: Int64 = quantities @ tier.unit
    return by_unit if tier.shipment is None else by_unit + tier.shipment


def _scalarization(
    problem: SourcingProblem, cost: Int64, amounts: list[Int64 | None]
) -> Scalarization | None:
    """Weigh the tiers by the range of each tier's total over all plans."""
    demand = problem.lines.demand
    parts = len(problem.lines)
    ranges = []
    for tier, amount in zip(problem.tiers, amounts, strict=True):
        least = greatest = 0
        if amount is not None:
            least, greatest = int(amount.min()), int(amount.max())
        left_out = _left_out_rates(problem, tier)
        if tier.counts_cost:
            least += int(cost[1:].min())
            greatest += int(cost.max()) + problem.extra_shipment_minor
        rates = [] if left_out is None else (left_out * demand).tolist()
        ranges.append(
            TierRange(
                min(least, 0) * parts + sum(rate for rate in rates if rate < 0),
                max(greatest, 0) * parts + sum(rate for rate in rates if rate > 0),
            )
        )
    return scalarize(tuple(ranges), parts, problem.n_locations)


def _left_out_rates(problem: SourcingProblem, tier: Tier) -> Int64 | None:
    """Return what an increment left out adds to a tier, ``[n]``; ``None`` for nothing."""
    if not tier.counts_cost:
        return tier.unfilled
    if tier.unfilled is None:
        return problem.unfilled_minor
    return tier.unfilled + problem.unfilled_minor


def _combine(
    problem: SourcingProblem, scale: Scalarization, cost: Int64, amounts: list[Int64 | None]
) -> tuple[Int64, list[int], int]:
    """Return the scalars of shipments, of lines left out, and of a further shipment."""
    scalars = np.broadcast_to(np.int64(scale.shipment_weight), cost.shape)
    left_out = np.zeros(len(problem.lines), dtype=np.int64)
    cost_weight = 0
    for tier, amount, weight in zip(problem.tiers, amounts, scale.weights, strict=True):
        if tier.counts_cost:
            cost_weight += weight
        if amount is not None:
            scalars = scalars + weight * amount
        rates = _left_out_rates(problem, tier)
        if rates is not None:
            left_out += weight * rates
    free = problem.extra_shipment_minor * cost_weight
    scalars = scalars + (cost * cost_weight + free)
    if scale.location_weight:
        scalars += problem.lanes.location
    return scalars, (left_out * problem.lines.demand).tolist(), free
