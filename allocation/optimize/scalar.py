"""Lexicographic tiers as one integer, where that fits into 64 bits.

Tier values are digits of a number whose bases are wider than anything the tiers below
can add up to, so comparing the numbers compares the tiers in order. Two last digits
make the answer unique: number of shipments, then the sum of location indices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.quick import quick
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]

WIDEST = 2**58
"""Greatest scalar; leaves room to add a few of them up."""


@quick
@dataclass(frozen=True, slots=True)
class TierRange:
    """Least and greatest total that a tier can have over all allocations."""

    least: int
    greatest: int

    @property
    def width(self) -> int:
        """Number of different totals."""
        return self.greatest - self.least + 1


@quick
@dataclass(frozen=True, slots=True)
class Scalarization:
    """Weights that turn tier values into one number.

    Attributes
    ----------
    weights
        One per tier.
    shipment_weight
        Of one shipment, below all tiers.
    location_weight
        Of one location index: 1, or 0 where the tie-break does not fit.
    ranges
        Per tier.
    """

    weights: tuple[int, ...]
    shipment_weight: int
    location_weight: int
    ranges: tuple[TierRange, ...]

    def lowest_values(self, scalar: int) -> tuple[int, ...]:
        """Return the lexicographically least tier values whose scalar is at least `scalar`.

        Used for bounds: no allocation has a scalar below it, hence none has
        lexicographically smaller values.
        """
        offset = sum(
            weight * tier.least for weight, tier in zip(self.weights, self.ranges, strict=True)
        )
        left = max(0, scalar - offset)
        values = []
        for weight, tier in zip(self.weights, self.ranges, strict=True):
            digit, left = divmod(left, weight)
            values.append(tier.least + digit)
        return tuple(values)


def scalarize(
    ranges: tuple[TierRange, ...], most_parts: int, n_locations: int
) -> Scalarization | None:
    """Return weights for tiers of the given ranges; ``None`` if they do not fit 64 bits.

    The tie-break gives way first: without it the answer is one of the best all the same,
    and still the same for the same input.
    """
    locations = most_parts * max(1, n_locations) + 1
    for shipment_weight, location_weight in ((locations, 1), (1, 0)):
        weight = shipment_weight * (most_parts + 1)
        weights: list[int] = []
        for tier in reversed(ranges):
            weights.append(weight)
            weight *= tier.width
        if weight <= WIDEST:
            return Scalarization(tuple(reversed(weights)), shipment_weight, location_weight, ranges)
    return None


def left_out_values(problem: SourcingProblem, increments: Int64) -> tuple[int, ...]:
    """Return what leaving the given increments (int64 ``[n]``) out adds to each tier."""
    money = int(problem.unfilled_minor @ increments)
    return tuple(
        (money if tier.counts_cost else 0)
        + (0 if tier.unfilled is None else int(tier.unfilled @ increments))
        for tier in problem.tiers
    )
