"""Keep lines from waiting that need not: what is there for everybody is looked at alone.

Every start at which supply comes adds slots to the problem, and few of them matter: where
as few units as possible wait, a line of which enough is there never does. If without its
later lanes an allocation fills everything and makes no more wait than there must, so does
every best one, and then it, too, leaves those lanes alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.solution import Solution
from routing.sourcing.objectives import FILLING
from routing.sourcing.problem import SourcingProblem

_UNFILLED, _WAITING = FILLING[:2]


@dataclass(frozen=True, slots=True, eq=False)
class Early:
    """The problem in which only lines wait of which too little is there.

    Attributes
    ----------
    least
        No allocation that fills everything has a lower value of the second tier.
    """

    problem: SourcingProblem
    least: int

    def holds_all_best(self, solution: Solution) -> bool:
        """Whether every best allocation of the whole problem is one of this one.

        Bounds and proofs of `solution`, one of this problem, then hold for the whole.
        """
        return solution.values[:2] == (0, self.least)


def early(problem: SourcingProblem) -> Early | None:
    """Return the problem without lanes on which nothing has to wait; ``None`` if it is the same.

    Only where nothing counts more than filling, and then that as few as possible wait.
    """
    if tuple(tier.name for tier in problem.tiers[:2]) != (_UNFILLED, _WAITING):
        return None
    amounts = problem.tiers[1].unit
    if amounts is None or not amounts.any():
        return None
    now = (amounts == 0).all(axis=0)
    short, least = _short(problem, now, amounts)
    eligible = problem.lanes.eligible & (now | short[:, None])
    if (eligible == problem.lanes.eligible).all():
        return None
    lanes = replace(problem.lanes, eligible=eligible)
    return Early(replace(problem, lanes=lanes), least)


def _short(
    problem: SourcingProblem, now: NDArray[np.bool_], amounts: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], int]:
    """Return which lines need an item of which too little is there, and what that costs.

    Parameters
    ----------
    now
        bool ``[j]``: lanes that leave now.
    amounts
        int64 ``[n, j]``: value of the tier per increment.
    """
    use = problem.lines.use
    here = np.zeros(problem.n_locations, dtype=np.bool_)
    here[problem.lanes.location[now]] = True
    wanted = problem.lines.demand @ use
    missing = wanted - np.minimum(problem.available[:, here], wanted[:, None]).sum(axis=1)
    short = np.zeros(len(problem.lines), dtype=np.bool_)
    counted, least = short.copy(), 0
    for item in np.argsort(-missing, kind="stable").tolist():
        takers = use[:, item] > 0
        if missing[item] <= 0:
            break
        short |= takers
        # Lines of several short items count for one of them: the sum stays a lower bound.
        if not (counted & takers).any():
            counted |= takers
            units = -(-int(missing[item]) // int(use[takers, item].max()))
            least += units * int(amounts[takers].max(axis=1).min())
    return short, least
