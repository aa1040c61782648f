"""The problem of some of the lines, and its solutions as ones of the whole problem."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.solution import Shipment, Solution
from routing.sourcing.problem import Pieces, SourcingProblem
from routing.sourcing.supply import Supply
from routing.sourcing.tier import Tier

Int64 = NDArray[np.int64]
Intp = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class SomeLines:
    """A problem in which the other lines were never ordered.

    Attributes
    ----------
    problem
        Has no choices. Pieces keep their numbers: those of other lines do not occur.
    lines
        intp: what its lines are called in the whole problem.
    n_lines
        Of the whole problem.
    """

    problem: SourcingProblem
    lines: Intp
    n_lines: int

    def whole(self, solution: Solution) -> Solution:
        """Return a solution as one of the whole problem; the other lines want nothing."""
        allocation = solution.allocation
        unfilled = np.zeros(self.n_lines, dtype=np.int64)
        unfilled[self.lines] = allocation.unfilled
        shipments = tuple(self._shipment(each) for each in allocation.shipments)
        picks = tuple(
            sorted(replace(pick, line=int(self.lines[pick.line])) for pick in allocation.picks)
        )
        changed = replace(
            allocation, shipments=shipments, unfilled=tuple(unfilled.tolist()), picks=picks
        )
        return replace(solution, allocation=changed)

    def _shipment(self, shipment: Shipment) -> Shipment:
        quantities = tuple((int(self.lines[line]), units) for line, units in shipment.quantities)
        return replace(shipment, quantities=quantities)


def some_lines(problem: SourcingProblem, lines: Intp) -> SomeLines:
    """Return the problem of some lines.

    Parameters
    ----------
    lines
        intp, ascending.
    """
    own = problem.lines
    lanes = problem.lanes
    chosen = replace(
        problem,
        lines=replace(
            own,
            ids=tuple(own.ids[line] for line in lines.tolist()),
            demand=own.demand[lines],
            use=own.use[lines],
            group=own.group[lines],
            value_minor=own.value_minor[lines],
            choice=None,
        ),
        pieces=_pieces(problem.pieces, lines, len(own)),
        lanes=replace(
            lanes,
            line_minor=lanes.line_minor[lines],
            unit_minor=lanes.unit_minor[lines],
            eligible=lanes.eligible[lines],
        ),
        unfilled_minor=problem.unfilled_minor[lines],
        tiers=tuple(_tier(tier, lines) for tier in problem.tiers),
        supply=None if problem.supply is None else _supply(problem.supply, lines, len(own)),
    )
    return SomeLines(chosen, lines, len(own))


def _numbers(lines: Intp, n_lines: int) -> Intp:
    """Return intp ``[n]``: the new number of each line, -1 for those left out."""
    number = np.full(n_lines, -1, dtype=np.intp)
    number[lines] = np.arange(lines.size)
    return number


def _pieces(pieces: Pieces, lines: Intp, n_lines: int) -> Pieces:
    """Return the same pieces; those of lines left out occur zero times in another one."""
    line = _numbers(lines, n_lines)[pieces.line]
    return replace(
        pieces,
        line=np.maximum(line, 0).astype(np.int32),
        per_increment=np.where(line >= 0, pieces.per_increment, 0),
    )


def _tier(tier: Tier, lines: Intp) -> Tier:
    return replace(
        tier,
        unit=None if tier.unit is None else tier.unit[lines],
        unfilled=None if tier.unfilled is None else tier.unfilled[lines],
    )


def _supply(supply: Supply, lines: Intp, n_lines: int) -> Supply:
    line = _numbers(lines, n_lines)[supply.pair_line]
    kept = line >= 0
    return replace(
        supply,
        use=supply.use[lines],
        pair_portion=supply.pair_portion[kept],
        pair_line=line[kept].astype(np.int32),
        pair_slot=supply.pair_slot[kept],
    )
