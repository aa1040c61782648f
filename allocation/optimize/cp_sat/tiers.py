"""Tiers whose totals are small enough for an integer solver, and back again.

An unknown distance is a number near the end of 64 bits; a few of them no longer add
up. Such a tier is split in two: how many times the huge amount is taken, and the
rest. While all rests together stay below the huge amount, comparing the two numbers
one after the other is comparing their sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier

Int64 = NDArray[np.int64]

_GREATEST_TOTAL = 2**50
"""Totals up to here are also exact as floats, which solvers use for bounds."""


class TooLargeError(Exception):
    """The problem's amounts or sizes are beyond what the model can hold exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One number to minimise.

    Attributes
    ----------
    tier
        Its amounts.
    index
        Tier of the problem that it belongs to.
    scale
        Worth of one unit in that tier.
    """

    tier: Tier
    index: int
    scale: int


def stages_of(problem: SourcingProblem) -> tuple[Stage, ...]:
    """Return what to minimise one after the other; equivalent to the problem's tiers.

    Raises
    ------
    TooLargeError
        If a tier cannot be split into exact parts.
    """
    found: list[Stage] = []
    for index, tier in enumerate(problem.tiers):
        if greatest_total(problem, tier) <= _GREATEST_TOTAL:
            found.append(Stage(tier, index, 1))
            continue
        huge, rest, scale = _split(tier)
        if greatest_total(problem, rest) > min(_GREATEST_TOTAL, scale // 3):
            raise TooLargeError(f"tier {tier.name} has amounts that cannot be added exactly")
        found += [Stage(huge, index, scale), Stage(rest, index, 1)]
    return tuple(found)


def _split(tier: Tier) -> tuple[Tier, Tier, int]:
    given = [array for array in (tier.shipment, tier.unit, tier.unfilled) if array is not None]
    scale = max((int(np.abs(array).max(initial=0)) for array in given), default=1) or 1

    def times(array: Int64 | None) -> Int64 | None:
        # Rounded to the nearest by comparing halves: nothing leaves 64 bits.
        if array is None:
            return None
        return np.where(array > scale // 2, 1, np.where(array < -(scale // 2), -1, 0))

    def rest(array: Int64 | None) -> Int64 | None:
        many = times(array)
        return None if array is None or many is None else array - many * scale

    shipment, unit, unfilled = tier.shipment, tier.unit, tier.unfilled
    huge = Tier(tier.name, times(shipment), times(unit), times(unfilled))
    small = Tier(tier.name, rest(shipment), rest(unit), rest(unfilled), tier.counts_cost)
    return huge, small, scale


def greatest_total(problem: SourcingProblem, tier: Tier) -> int:
    """Return a bound of the tier's absolute value over all allocations."""
    demand = [int(number) for number in problem.lines.demand]
    shipments = min(problem.n_locations, sum(demand), problem.limits.max_shipments)
    total = shipments * _most(tier.shipment)
    total += _total(demand, tier.unit) + _total(demand, tier.unfilled)
    if tier.counts_cost:
        lanes = problem.lanes
        total += shipments * (_most(lanes.shipment_minor) + abs(problem.extra_shipment_minor))
        total += _total(demand, lanes.unit_minor) + _total(demand, problem.unfilled_minor)
        total += len(demand) * shipments * _most(lanes.line_minor)
        total += _pieces(problem) * (_most(lanes.parcel_minor) + _greatest_price(problem))
    return total


def _pieces(problem: SourcingProblem) -> int:
    pieces = problem.pieces
    counts = problem.lines.demand[pieces.line] * pieces.per_increment
    return sum(int(count) for count in counts)


def _greatest_price(problem: SourcingProblem) -> int:
    return max((tariff.dearest_minor for tariff in problem.lanes.tariffs), default=0)


def _most(amounts: Int64 | None) -> int:
    return 0 if amounts is None else int(np.abs(amounts).max(initial=0))


def _total(demand: list[int], amounts: Int64 | None) -> int:
    if amounts is None:
        return 0
    by_line = np.abs(amounts).reshape(len(demand), -1).max(axis=1, initial=0)
    return sum(number * int(amount) for number, amount in zip(demand, by_line, strict=True))
