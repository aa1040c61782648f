"""Trying whether a line is filled without some obstacles, with the engine that plans."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from allocation.engine_api import PlanningRequest
from allocation.explain.conflict.relaxation import Relaxation, Where, relaxed
from allocation.obstacle import ObstacleKind
from allocation.optimize.solution import ProofStatus, Solution
from routing.ids import ItemId, LineId
from routing.sourcing.build import Sourcing
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.tier import Tier

Source = Callable[[PlanningRequest], Sourcing]
Solve = Callable[[SourcingProblem], Solution]


@dataclass(frozen=True, slots=True)
class Trial:
    """Asks the engine about one line again and again.

    Attributes
    ----------
    request
        What was planned.
    numbers
        Of the line and its substitutes in the sourcing problem.
    others
        Increments of other lines that the plan leaves out: more must not stay unfilled.
    line_ids
        Lines whose obstacles count, this one among them.
    extra
        Increments of each item that would surely do.
    doubts
        Grows with every search that ended before it could tell that the line is not filled.
    """

    request: PlanningRequest
    source: Source
    solve: Solve
    numbers: tuple[int, ...]
    others: int
    line_ids: frozenset[LineId]
    extra: dict[ItemId, int]
    doubts: list[str] = field(default_factory=list)

    def everywhere(self) -> NDArray[np.bool_]:
        """Return bool ``[all locations]``: all of them."""
        return np.ones(len(self.request.network.locations), dtype=np.bool_)

    def sourcing(self, without: Sequence[Relaxation], places: NDArray[np.bool_]) -> Sourcing:
        """Return the sourcing problem without some obstacles, there where they are facts."""
        where = Where(places, self.line_ids, self.extra)
        return self.source(relaxed(self.request, without, where))

    def fills(self, without: Sequence[Relaxation], places: NDArray[np.bool_]) -> bool:
        """Whether the line is filled, and of the other lines no more left out than before."""
        sourcing = self.sourcing(without, places)
        if not sourcing.problem.lanes.eligible[list(self.numbers)].any():
            return False
        solution = self.solve(replace(sourcing.problem, tiers=self._tiers(sourcing.problem)))
        filled = self.is_filled(solution)
        if not filled and solution.status is not ProofStatus.OPTIMAL:
            self.doubts.append(solution.solver)
        return filled

    def is_filled(self, solution: Solution) -> bool:
        """Whether an allocation fills the line at nobody's expense."""
        unfilled = solution.allocation.unfilled
        mine = sum(unfilled[number] for number in self.numbers)
        return not mine and sum(unfilled) <= self.others

    def least_help(
        self, without: Sequence[Relaxation], places: NDArray[np.bool_]
    ) -> tuple[Sourcing, Solution]:
        """Return a plan that fills the line with as little from these places as can be.

        Among those it has the fewest shipments.
        """
        sourcing = self.sourcing(without, places)
        problem = sourcing.problem
        lanes = places[sourcing.facts.location]
        units = np.tile(lanes.astype(np.int64), (len(problem.lines), 1))
        shipments = np.ones(lanes.size, dtype=np.int64)
        tiers = (
            *self._tiers(problem),
            Tier("help", unit=units),
            Tier("fewest_shipments", shipment=shipments),
        )
        return sourcing, self.solve(replace(problem, tiers=tiers))

    def _tiers(self, problem: SourcingProblem) -> tuple[Tier, ...]:
        mine = np.zeros(len(problem.lines), dtype=np.int64)
        mine[list(self.numbers)] = 1
        return Tier("this_line", unfilled=mine), Tier("other_lines", unfilled=1 - mine)


def surely_enough(lines: Sequence[ResolvedLine]) -> dict[ItemId, int]:
    """Return the increments of each item that all lines together take."""
    extra: dict[ItemId, int] = {}
    for line in lines:
        for use in line.uses:
            extra[use.item.id] = extra.get(use.item.id, 0) + use.increments * line.demand
    return extra


PLACED = (
    ObstacleKind.STOCK,
    ObstacleKind.NOT_OPEN,
    ObstacleKind.CHANNEL,
    ObstacleKind.CAPACITY,
)
"""Obstacles that are facts about locations: one location may be enough."""
