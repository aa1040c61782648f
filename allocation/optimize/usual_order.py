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

_UNITS_KEPT: Final = 32
"""Amounts of sets with so many units at most are remembered."""


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
    prices = usual.of_lanes.get("location_prices", lambda: make_location_prices(lanes, usual.first))
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

    A set of lines is a number of which bit ``i`` stands for line ``i``.
    """
    count, locations = len(usual.demand), usual.first.size
    scale, further = prices.scale, problem.extra_shipment_minor
    rows: list[PriceRow] = []
    table = np.empty((1 << count, locations), dtype=np.int64)
    table[0] = INFINITE
    dearest = 0
    for number, (weight_ug, lines, units) in enumerate(_sets(usual), start=1):
        row = prices.row(bisect_left(prices.limit_ug, weight_ug))
        amounts = _amounts(problem, usual, scale, lines, units)
        if row is None or amounts is None:
            return None
        np.add(row.scalar, amounts.scalar, out=table[number])
        dearest = max(dearest, row.dearest_minor + amounts.dearest_minor)
        rows.append(row)
    left_out = _left_out(problem, usual, scale, count * (dearest + further))
    if left_out is None:
        return None
    lacks = np.where(usual.able, 0, INFINITE)
    for line in range(count):
        # Sets come in runs without the line and with it, each as long as all lower lines make.
        table.reshape(-1, 2, 1 << line, locations)[:, 1] += lacks[line]
    where: list[int] = table.argmin(axis=1).tolist()
    further_scalar = further * scale.cost
    part = [table.item(number, at) + further_scalar for number, at in enumerate(where)]
    return sorted(
        [
            _Part(
                rows[number - 1].lane.item(where[number]),
                where[number],
                number,
                part[number] // scale.cost - further,
            )
            for number in cheapest_partition(part, left_out, further_scalar)
        ],
        key=_by_lane,
    )


def _by_lane(part: _Part) -> tuple[int, int]:
    return part.lane, part.number


def _sets(usual: UsualOrder) -> list[tuple[int, int, int]]:
    """Return weight in micrograms, lines and units of every set, from number 1 on."""
    found = [(0, 0, 0)]
    for weight_ug, demand in zip(usual.weight_ug, usual.demand, strict=True):
        found += [(weight + weight_ug, lines + 1, units + demand) for weight, lines, units in found]
    del found[0]
    return found


@quick
@dataclass(frozen=True, slots=True, eq=False)
class _Amounts:
    """What a shipment costs besides its parcel's price, as a scalar with all ties, ``[l]``."""

    scalar: Int64
    dearest_minor: int


def _amounts(
    problem: SourcingProblem, usual: UsualOrder, scale: Scale, lines: int, units: int
) -> _Amounts | None:
    """Return the amounts of so many lines and units; ``None`` if one is below 0."""
    if units > _UNITS_KEPT:
        found = _make_amounts(problem, usual, scale, lines, units)
    else:
        found = usual.of_amounts.get(
            (lines, units), lambda: _make_amounts(problem, usual, scale, lines, units)
        )
    return None if found.dearest_minor < 0 else found


def _make_amounts(
    problem: SourcingProblem, usual: UsualOrder, scale: Scale, lines: int, units: int
) -> _Amounts:
    lanes, first = problem.lanes, usual.first
    minor = lanes.shipment_minor[first] + lanes.parcel_minor[first]
    minor = minor + lines * lanes.line_minor[0, first] + units * lanes.unit_minor[0, first]
    scalar = minor * scale.cost + scale.shipment + np.arange(first.size)
    return _Amounts(scalar, -1 if minor.min() < 0 else int(minor.max()))


def _left_out(
    problem: SourcingProblem, usual: UsualOrder, scale: Scale, dearest_minor: int
) -> list[int] | None:
    """Return the scalar of leaving out each line; ``None`` if they do not fit.

    Parameters
    ----------
    dearest_minor
        No plan that ships costs more.
    """
    penalty = [
        number * each
        for number, each in zip(usual.demand, problem.unfilled_minor.tolist(), strict=True)
    ]
    if problem.extra_shipment_minor < 0 or min(penalty) < 0:
        return None
    # Wider than anything that costs add up to, so that a unit filled outweighs all of it.
    unit = scale.cost * (dearest_minor + sum(penalty) + 1)
    if unit * (sum(usual.demand) + 1) > WIDEST:
        return None
    if not usual.fills_first:
        return [scale.cost * each for each in penalty]
    return [
        unit * number + scale.cost * each
        for number, each in zip(usual.demand, penalty, strict=True)
    ]


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
    if left:
        penalties = problem.unfilled_minor.tolist()
        cost += sum([each * number for each, number in zip(penalties, unfilled, strict=True)])
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
