"""What stands in the way of each line that a plan leaves out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from allocation.engine_api import PlanningRequest
from allocation.explain.conflict.candidates import candidates, relevant_lines
from allocation.explain.conflict.relaxation import Relaxation
from allocation.explain.conflict.search import smallest_obstacles
from allocation.explain.conflict.trial import PLACED, Solve, Source, Trial, surely_enough
from allocation.explain.conflict.wording import Wording
from allocation.obstacle import Conflict, Obstacle
from allocation.optimize.solution import Solution
from routing.sourcing.build import Sourcing
from routing.sourcing.verdict import Verdict

MOST_LINES = 10
"""Lines that are looked into; each takes some dozens of searches."""

MOST_PLACES = 40
"""Locations of which one is tried after the other whether it alone would do."""


def find_conflicts(
    request: PlanningRequest,
    sourcing: Sourcing,
    solution: Solution,
    source: Source,
    solve: Solve,
    has_time: Callable[[], bool],
) -> tuple[Conflict, ...]:
    """Return a smallest set of obstacles for each unfilled line, in the order of their ids.

    Parameters
    ----------
    sourcing, solution
        Of the plan.
    source
        Builds the sourcing problem of a request, as for planning.
    solve
        Solves a sourcing problem, as for planning.
    has_time
        Whether there is time for more.
    """
    unfilled = np.flatnonzero(solution.allocation.unfilled).tolist()
    found = []
    for number in unfilled[:MOST_LINES]:
        if not has_time():
            break
        found.append(_conflict(request, sourcing, solution, number, source, solve, has_time))
    return tuple(found)


def _conflict(
    request: PlanningRequest,
    sourcing: Sourcing,
    solution: Solution,
    number: int,
    source: Source,
    solve: Solve,
    has_time: Callable[[], bool],
) -> Conflict:
    line = sourcing.lines[number]
    relevant = relevant_lines(sourcing, number)
    trial = Trial(
        request=request,
        source=source,
        solve=solve,
        numbers=tuple(each for each, other in enumerate(sourcing.lines) if other.id == line.id),
        others=sum(solution.allocation.unfilled) - solution.allocation.unfilled[number],
        line_ids=frozenset(each.id for each in relevant),
        extra=surely_enough(sourcing.lines),
    )
    asked = candidates(request, sourcing, relevant)
    everywhere = trial.everywhere()

    def fills(without: frozenset[int]) -> bool:
        return trial.fills([asked[each] for each in sorted(without)], everywhere)

    found = smallest_obstacles(len(asked), fills, has_time)
    if found is None:
        return Conflict(line.id, (), smallest=not trial.doubts)
    smallest = found.smallest and not trial.doubts
    without = [asked[each] for each in sorted(found.obstacles)]
    return Conflict(line.id, _obstacles(trial, sourcing, solution, without), smallest)


def _obstacles(
    trial: Trial, sourcing: Sourcing, solution: Solution, without: Sequence[Relaxation]
) -> tuple[Obstacle, ...]:
    """Put obstacles into words, at one location where that is enough."""
    place = _one_place(trial, sourcing, solution, without)
    where = trial.everywhere()
    if place is not None:
        where = np.zeros_like(where)
        where[place] = True
    after, plan = trial.least_help(without, where)
    wording = Wording(trial.request, sourcing, trial.numbers[0], after, plan, place)
    if not without:
        return (wording.penalty(),)
    return tuple(wording.obstacle(each) for each in without)


def _one_place(
    trial: Trial, sourcing: Sourcing, solution: Solution, without: Sequence[Relaxation]
) -> int | None:
    """Return a location at which facts alone would have to be otherwise, if one is enough."""
    if not any(each.kind in PLACED for each in without):
        return None
    after = trial.sourcing(without, trial.everywhere())
    able = np.flatnonzero((after.verdicts[list(trial.numbers)] == Verdict.ELIGIBLE).any(axis=0))
    ships = {int(sourcing.facts.location[each.lane]) for each in solution.allocation.shipments}
    have = sourcing.buildable[list(trial.numbers)].max(axis=0)
    # The one that lacks least; among equals one that ships anyway.
    order = sorted(able.tolist(), key=lambda place: (-int(have[place]), place not in ships, place))
    for place in order[:MOST_PLACES]:
        alone: NDArray[np.bool_] = np.zeros_like(trial.everywhere())
        alone[place] = True
        if trial.fills(without, alone):
            return int(place)
    return None
