"""Cheap lower bounds of every tier's value, true for all allowed allocations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.greedy.view import View
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import NO_LIMIT
from routing.sourcing.tier import Tier

Int64 = NDArray[np.int64]

_MOST = int(np.iinfo(np.int64).max // 2)


def tier_bounds(view: View) -> tuple[int, ...]:
    """Return a lower bound of each tier's value by itself.

    Every tier is bounded over all allowed allocations, so the vector is also a
    lexicographic lower bound.
    """
    return tuple(_tier_bound(view, tier) for tier in view.problem.tiers)


def cost_bound_minor(view: View) -> int:
    """Return a lower bound of the landed cost of every allowed allocation."""
    return _tier_bound(view, Tier("cost", counts_cost=True))


def _tier_bound(view: View, tier: Tier) -> int:
    """Bound one tier: each line at its least, and one shipment at its least.

    What a line adds is at least a fixed amount plus a rate for each increment shipped
    and a penalty for each that is not: linear above zero, so least at an end. A line's
    locations hold at most its reach together.
    """
    unfilled = _unfilled_rates(view, tier)
    rates, entries = _line_rates(view, tier)
    demand = [int(number) for number in view.problem.lines.demand]
    reach = _reach(view)
    nothing = sum(number * penalty for number, penalty in zip(demand, unfilled, strict=True))
    lines = 0
    for line, number in enumerate(demand):
        shipped = reach[line]
        all_left = number * unfilled[line]
        if shipped == 0:
            lines += all_left
            continue
        one = entries[line] + rates[line] + (number - 1) * unfilled[line]
        most = entries[line] + shipped * rates[line] + (number - shipped) * unfilled[line]
        lines += min(all_left, one, most)
    return min(nothing, lines + _shipments_least(view, tier))


def _reach(view: View) -> list[int]:
    """Return the most increments of each line that all locations together can ship."""
    first = _first_lanes(view)
    if not first.size:
        return [0] * len(view.problem.lines)
    by_location = np.maximum.reduceat(view.stock, first, axis=1)
    total: np.ndarray
    if view.problem.limits.line_split:
        total = np.minimum(by_location.sum(axis=1), view.problem.lines.demand)
    else:
        whole = (by_location >= view.problem.lines.demand[:, None]).any(axis=1)
        total = np.where(whole, view.problem.lines.demand, 0)
    return [int(number) for number in total]


def _first_lanes(view: View) -> np.ndarray:
    location = view.problem.lanes.location
    return np.flatnonzero(np.diff(location, prepend=-1))


def _unfilled_rates(view: View, tier: Tier) -> list[int]:
    rates = [0] * len(view.problem.lines)
    if tier.unfilled is not None:
        rates = [int(amount) for amount in tier.unfilled]
    if tier.counts_cost:
        rates = [
            rate + int(amount)
            for rate, amount in zip(rates, view.problem.unfilled_minor, strict=True)
        ]
    return rates


def _line_rates(view: View, tier: Tier) -> tuple[list[int], list[int]]:
    """Return the least amount per increment and the least fixed amount of each line."""
    lines, lanes = view.problem.lines, view.problem.lanes
    rates = np.zeros(len(lines), dtype=np.int64)
    entries = np.zeros(len(lines), dtype=np.int64)
    reached = view.usable.any(axis=1)
    amounts = [tier.unit] if tier.unit is not None else []
    if tier.counts_cost:
        amounts.append(lanes.unit_minor)
        fixed = _least_usable(view, lanes.line_minor)
        homes = np.where(fixed < 0, np.minimum(lines.demand, view.problem.n_locations), 1)
        entries[reached] = (fixed * homes)[reached]
    if amounts:
        rates[reached] = _least_usable(view, sum(amounts[1:], start=amounts[0]))[reached]
    return rates.tolist(), entries.tolist()


def _least_usable(view: View, amounts: Int64) -> Int64:
    """Return int64 ``[n]``: the least of each line's amounts (``[n, j]``) on usable lanes."""
    least: Int64 = np.where(view.usable, amounts, _MOST).min(axis=1)
    return least


def _shipments_least(view: View, tier: Tier) -> int:
    """Return the least total of what all shipments add by themselves, one at least."""
    lanes = view.problem.lanes
    if not len(lanes):
        return 0
    amount = np.zeros(len(lanes), dtype=np.int64)
    if tier.shipment is not None:
        amount += tier.shipment
    if tier.counts_cost:
        cheapest = np.array(
            [min(int(tariff.price_minor.min()), NO_PRICE) for tariff in lanes.tariffs]
        )
        amount += lanes.shipment_minor + lanes.parcel_minor + cheapest[lanes.tariff]
    least = np.minimum.reduceat(amount, _first_lanes(view))
    order = np.sort(least)
    further = view.problem.extra_shipment_minor if tier.counts_cost else 0
    limit = min(view.problem.limits.max_shipments, view.problem.n_locations, NO_LIMIT)
    rest = order[1:limit] + further
    return int(order[0]) + int(rest[rest < 0].sum())
