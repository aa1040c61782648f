"""The optimum of a usual order, location by location.

It is what `few_lines` finds lane by lane, with less to look at: a location's amounts are the
same on all of its lanes, so that of these only the cheapest at each weight counts, which all
orders to an area share. All sets of lines are priced at all locations, and the cheapest
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
    weight_ug = sum(usual.weight_ug)
    if not prices.rates.one_parcel_is_cheapest(lanes.tariff, weight_ug, usual.volume_nl):
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

    A set of lines is a number of which bit ``i`` stands for line ``i``. One shipment of
    everything is looked at first: for most orders, not even the cheapest locations there are
    make a division cheaper, whatever they have in stock.
    """
    priced = _priced(problem, usual, prices)
    if priced is None:
        return None
    dearest = max([each.dearest_minor for each in priced]) + problem.extra_shipment_minor
    left_out = _left_out(problem, usual, prices.scale, len(usual.demand) * dearest)
    if left_out is None:
        return None
    further = problem.extra_shipment_minor * prices.scale.cost
    value, at = _together(usual, priced[-1])
    part, where = [INFINITE], {len(priced): at}
    if len(priced) == 1:
        part.append(value + further)
        chosen = [1] if value < left_out[0] else []
    else:
        part += [each.least + further for each in priced]
        part[-1] = value + further
        chosen = cheapest_partition(part, left_out, further)
        if chosen and chosen[0] != len(priced):
            table = _table(usual, priced)
            where = dict(enumerate(table.argmin(axis=1).tolist()))
            part = [table.item(number, at) + further for number, at in where.items()]
            chosen = cheapest_partition(part, left_out, further)
    found = [
        _Part(
            priced[number - 1].row.lane.item(where[number]),
            where[number],
            number,
            (part[number] - further) // prices.scale.cost,
        )
        for number in chosen
    ]
    found.sort(key=_by_lane)
    return found


def _by_lane(part: _Part) -> tuple[int, int]:
    return part.lane, part.number


@quick
@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    """Prices of a set at all locations: none has a scalar below `least`, or charges more."""

    row: PriceRow
    amounts: Amounts
    least: int
    dearest_minor: int


def _priced(
    problem: SourcingProblem, usual: UsualOrder, prices: LocationPrices
) -> list[_Priced] | None:
    """Return the prices of every set, from number 1 on."""
    found = []
    sets = [(0, 0, 0)]
    for weight_ug, demand in zip(usual.weight_ug, usual.demand, strict=True):
        sets += [(weight + weight_ug, lines + 1, units + demand) for weight, lines, units in sets]
    del sets[0]
    limit_ug = prices.limit_ug
    for weight, lines, units in sets:
        row = prices.row(bisect_left(limit_ug, weight))
        amounts = amounts_of(problem, usual, prices.scale, lines, units)
        if row is None or amounts.least < 0:
            return None
        dearest = row.dearest_minor + amounts.dearest_minor
        found.append(_Priced(row, amounts, row.least + amounts.least, dearest))
    return found


def _together(usual: UsualOrder, priced: _Priced) -> tuple[int, int]:
    """Return the least scalar of everything as one shipment, and the location."""
    able = usual.able[0]
    for more in usual.able[1:]:
        able = able & more
    places = able.nonzero()[0]
    if not places.size:
        return INFINITE, 0
    scalar = (priced.row.scalar + priced.amounts.scalar).take(places)
    at = scalar.argmin()
    return scalar.item(at), places.item(at)


def _table(usual: UsualOrder, priced: list[_Priced]) -> Int64:
    """Return int64 ``[s, l]``: the scalar of every set, huge where it cannot be shipped."""
    locations = usual.first.size
    table = np.empty((len(priced) + 1, locations), dtype=np.int64)
    table[0] = INFINITE
    for number, each in enumerate(priced, start=1):
        np.add(each.row.scalar, each.amounts.scalar, out=table[number])
    for line, lacks in enumerate(np.where(usual.able, 0, INFINITE)):
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
