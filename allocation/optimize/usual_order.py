"""The optimum of a usual order, location by location.

It is what `few_lines` finds lane by lane, with less to look at: a location's amounts are the
same on all of its lanes, so that of these only the cheapest at each weight counts, which all
orders to an area share. One shipment of everything comes first. Where a bound does not rule
out that a division is cheaper, all sets of lines are priced at all locations, and the cheapest
partition is the optimum. Scalars are made as in `scalar`, with digits wide enough for every
usual order, so that rows of them can be shared, too.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.cheapest_partition import cheapest_partition
from allocation.optimize.location_amounts import Amounts, amounts_of
from allocation.optimize.location_prices import (
    LocationPrices,
    PriceRow,
    Scale,
    make_location_prices,
)
from allocation.optimize.scalar import WIDEST
from allocation.optimize.solution import Allocation, ProofStatus, Rung, Shipment, Solution
from routing.parcels.packing import PackedParcel
from routing.parcels.partition import INFINITE
from routing.quick import quick
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.usual.lines import MOST_LINES
from routing.sourcing.usual_order import UsualOrder

Int64 = NDArray[np.int64]

_PRICES: Final = "location_prices"


@quick
@dataclass(frozen=True, slots=True)
class _Part:
    """A shipment: ``number`` has bit ``i`` set for line ``i``; `cost_minor` is landed."""

    lane: int
    location: int
    number: int
    cost_minor: int


def solve_usual(problem: SourcingProblem) -> Solution | None:
    """Return the optimum with its proof; ``None`` if the problem is not known to be usual."""
    usual = problem.usual
    if usual is None or not _applies(problem, usual):
        return None
    lanes = problem.lanes
    prices: LocationPrices = usual.of_lanes.find(_PRICES) or usual.of_lanes.get(
        _PRICES, lambda: make_location_prices(lanes, usual.first)
    )
    if not prices.one_parcel_is_cheapest(sum(usual.weight_ug), sum(usual.volume_nl)):
        return None
    parts = _best_parts(problem, usual, prices)
    if parts is None or len(parts) > problem.limits.max_shipments:
        return None
    if len({part.location for part in parts}) < len(parts):
        return None
    return _solution(problem, usual, parts)


def _applies(problem: SourcingProblem, usual: UsualOrder) -> bool:
    limits = problem.limits
    return (
        len(usual.demand) <= MOST_LINES
        and not limits.ship_complete
        and limits.min_shipment_minor <= 0
        and limits.min_shipment_units <= 0
        and not (limits.line_split and max(usual.demand) > 1)
        and usual.is_of(problem)
    )


def _best_parts(
    problem: SourcingProblem, usual: UsualOrder, prices: LocationPrices
) -> list[_Part] | None:
    """Return the shipments of the optimum, lanes ascending; ``None`` where numbers get too large.

    A set of lines is a number of which bit ``i`` stands for line ``i``.
    """
    count, everything = len(usual.demand), (1 << len(usual.demand)) - 1
    whole = _priced(problem, usual, prices, everything)
    one = amounts_of(problem, usual, prices.scale, 1, 1)
    if whole is None or one.least < 0 or prices.floor[0] < 0:
        return None
    dearest = prices.dearest_minor + whole.amounts.dearest_minor + problem.extra_shipment_minor
    left_out = _left_out(problem, usual, prices.scale, count * dearest)
    if left_out is None:
        return None
    value, at = _together(usual, whole)
    further = problem.extra_shipment_minor * prices.scale.cost
    if count == 1:
        is_best = value < left_out[0]
        return [_part(prices, whole, everything, at, value)] if is_best else []
    if usual.fills_first and value < INFINITE:
        # Of two shipments or more, one has the heaviest line's weight at least, and another
        # one the lightest line's. In a tie, one shipment wins.
        light = bisect_left(prices.limit_ug, min(usual.weight_ug))
        heavy = bisect_left(prices.limit_ug, max(usual.weight_ug))
        if value <= prices.floor[light] + prices.floor[heavy] + 2 * one.least + further:
            return [_part(prices, whole, everything, at, value)]
    return _divided(problem, usual, prices, left_out, further)


def _divided(
    problem: SourcingProblem,
    usual: UsualOrder,
    prices: LocationPrices,
    left_out: list[int],
    further: int,
) -> list[_Part] | None:
    """Return the best shipments of all ways to divide an order; see `_best_parts`."""
    found = [_priced(problem, usual, prices, number) for number in range(1, 1 << len(usual.demand))]
    priced = [each for each in found if each is not None]
    if len(priced) < len(found):
        return None
    table = _table(usual, priced)
    where: list[int] = table.argmin(axis=1).tolist()
    part = [table.item(number, at) + further for number, at in enumerate(where)]
    parts = [
        _part(prices, priced[number - 1], number, where[number], part[number] - further)
        for number in cheapest_partition(part, left_out, further)
    ]
    return sorted(parts, key=_by_lane)


def _by_lane(part: _Part) -> tuple[int, int]:
    return part.lane, part.number


@quick
@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    """Prices of a set at all locations."""

    row: PriceRow
    amounts: Amounts


def _priced(
    problem: SourcingProblem, usual: UsualOrder, prices: LocationPrices, number: int
) -> _Priced | None:
    """Return the prices of a set; ``None`` where there are none."""
    weight_ug = volume_nl = lines = units = 0
    for line, demand in enumerate(usual.demand):
        if number >> line & 1:
            weight_ug += usual.weight_ug[line]
            volume_nl += usual.volume_nl[line]
            lines += 1
            units += demand
    row = prices.row(prices.step(weight_ug, volume_nl))
    if row is None:
        return None
    return _Priced(row, amounts_of(problem, usual, prices.scale, lines, units))


def _part(prices: LocationPrices, priced: _Priced, number: int, at: int, value: int) -> _Part:
    return _Part(priced.row.lane.item(at), at, number, value // prices.scale.cost)


def _together(usual: UsualOrder, priced: _Priced) -> tuple[int, int]:
    """Return the least scalar of everything as one shipment, and the location.

    Looks at the locations that have the rarest line.
    """
    rarest = usual.enough[0]
    for each in usual.enough:
        if len(each.places) < len(rarest.places):
            rarest = each
    others = [each.flags for each in usual.enough if each is not rarest]
    prices, amounts = priced.row.values, priced.amounts.values
    least, at = INFINITE, 0
    for place in rarest.places:
        for flags in others:
            if not flags[place]:
                break
        else:
            value = prices[place] + amounts[place]
            if value < least:
                least, at = value, place
    return least, at


def _table(usual: UsualOrder, priced: list[_Priced]) -> Int64:
    """Return int64 ``[s, l]``: the scalar of every set, huge where it cannot be shipped."""
    locations = usual.first.size
    table = np.empty((len(priced) + 1, locations), dtype=np.int64)
    table[0] = INFINITE
    for number, each in enumerate(priced, start=1):
        np.add(each.row.scalar, each.amounts.scalar, out=table[number])
    flags = np.frombuffer(b"".join([each.flags for each in usual.enough]), dtype=np.bool_)
    for line, lacks in enumerate(np.where(flags.reshape(-1, locations), 0, INFINITE)):
        # Sets come in runs without the line and with it, each as long as all lower lines make.
        table.reshape(-1, 2, 1 << line, locations)[:, 1] += lacks
    return table


def _left_out(
    problem: SourcingProblem, usual: UsualOrder, scale: Scale, dearest_minor: int
) -> list[int] | None:
    """Return the scalar of leaving out each line; ``None`` if they do not fit.

    Parameters
    ----------
    dearest_minor
        No plan that ships costs more.
    """
    each, units = usual.unfilled_minor, sum(usual.demand)
    if problem.extra_shipment_minor < 0 or each < 0:
        return None
    # Wider than anything that costs add up to, so that a unit filled outweighs all of it.
    unit = scale.cost * (dearest_minor + units * each + 1)
    if unit * (units + 1) > WIDEST:
        return None
    value = scale.cost * each + (unit if usual.fills_first else 0)
    return [value * number for number in usual.demand]


def _solution(problem: SourcingProblem, usual: UsualOrder, parts: list[_Part]) -> Solution:
    demand = usual.demand
    unfilled = list(demand)
    shipments = []
    cost = max(0, len(parts) - 1) * problem.extra_shipment_minor
    for part in parts:
        held = tuple(
            [(line, number) for line, number in enumerate(demand) if part.number >> line & 1]
        )
        # A unit is a piece: what is shipped is what is packed.
        shipments.append(Shipment(part.lane, held, (PackedParcel(held, 1),)))
        cost += part.cost_minor
        for line, _ in held:
            unfilled[line] = 0
    left = sum(unfilled)
    cost += left * usual.unfilled_minor
    values = (left, cost) if usual.fills_first else (cost,)
    return Solution(
        allocation=Allocation(tuple(shipments), tuple(unfilled)),
        values=values,
        bounds=values,
        cost_minor=cost,
        cost_bound_minor=cost,
        status=ProofStatus.OPTIMAL,
        rung=Rung.EXACT_SETS,
        solver="set-partition",
    )
