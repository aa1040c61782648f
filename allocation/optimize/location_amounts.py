"""What a shipment of a usual order costs at each location besides its parcel's price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.location_prices import Scale
from routing.quick import quick
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.usual_order import UsualOrder

Int64 = NDArray[np.int64]

_UNITS_KEPT: Final = 32
"""Amounts of sets with so many units at most are remembered."""


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """Amounts of so many lines and units.

    Attributes
    ----------
    scalar, values
        int64 ``[l]``, and the same as a list: with all ties.
    least
        The least of them, and no more than that of any lines and units besides; -1 where an
        amount is below 0.
    dearest_minor
        The greatest amount.
    """

    scalar: Int64
    values: list[int]
    least: int
    dearest_minor: int


def amounts_of(
    problem: SourcingProblem, usual: UsualOrder, scale: Scale, lines: int, units: int
) -> Amounts:
    """Return the amounts of a shipment of so many lines and units."""
    found: Amounts | None = usual.of_amounts.find((lines, units))
    if found is not None:
        return found
    made = _make(problem, usual, scale, lines, units)
    return made if units > _UNITS_KEPT else usual.of_amounts.get((lines, units), lambda: made)


def _make(
    problem: SourcingProblem, usual: UsualOrder, scale: Scale, lines: int, units: int
) -> Amounts:
    lanes, first = problem.lanes, usual.first
    shipment = lanes.shipment_minor[first] + lanes.parcel_minor[first]
    line, unit = lanes.line_minor[0, first], lanes.unit_minor[0, first]
    minor = shipment + lines * line + units * unit
    scalar = minor * scale.cost + scale.shipment + np.arange(first.size)
    least = -1 if min(shipment.min(), line.min(), unit.min()) < 0 else int(scalar.min())
    return Amounts(scalar, scalar.tolist(), least, int(minor.max()))
