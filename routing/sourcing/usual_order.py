"""What a problem knows about itself when its order is a usual one."""

from __future__ import annotations

from dataclasses import dataclass
from operator import is_
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from routing.lazy import Once
from routing.quick import quick
from routing.sourcing.stock_row import Enough

if TYPE_CHECKING:
    from routing.sourcing.problem import SourcingProblem


@quick
@dataclass(frozen=True, slots=True, eq=False)
class UsualOrder:
    """A shorter way to say what a problem says, where it is this simple.

    Line ``i`` takes one of item ``i`` per increment, is one piece per increment, and stays
    whole or wants one increment. A location may ship a line on all of its lanes or on none.
    What is minimised is the landed cost, after the units that stay unfilled if these have
    no price. Amounts per shipment, per parcel, per line and per increment are the same on
    all lanes of a location, and the same for all lines.

    Attributes
    ----------
    of
        Parts of the problem that it was made with: see `is_of`.
    demand, weight_ug, volume_nl
        Per line: increments, and micrograms and nanolitres of all of them.
    enough
        Per line where there is all of it, and may be shipped.
    first
        intp ``[l]``: first lane of each location; all of them have lanes.
    unfilled_minor
        Penalty of each increment left out.
    fills_first
        Whether units that stay unfilled are the first tier.
    of_lanes
        What follows from the lanes' locations and tariffs alone.
    of_amounts
        What follows from the lanes' amounts for any number of lines.
    """

    of: tuple[object, ...]
    demand: tuple[int, ...]
    weight_ug: tuple[int, ...]
    volume_nl: tuple[int, ...]
    enough: tuple[Enough, ...]
    first: NDArray[np.intp]
    unfilled_minor: int
    fills_first: bool
    of_lanes: Once
    of_amounts: Once

    def is_of(self, problem: SourcingProblem) -> bool:
        """Whether it still says the same as a problem, of which parts may have been exchanged."""
        return problem.supply is None and all(map(is_, self.of, parts_of(problem)))


def parts_of(problem: SourcingProblem) -> tuple[object, ...]:
    """Return what must be as it was for the short way to hold; limits are read as they are."""
    return (
        problem.lines,
        problem.pieces,
        problem.lanes,
        problem.available,
        problem.unfilled_minor,
        problem.tiers,
        problem.location_ids,
    )
