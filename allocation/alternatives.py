"""Other plans worth showing: the Pareto set of cost, latest delivery date and shipments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocation.optimize.solution import Solution
from allocation.plan import AlternativeKind
from routing.sourcing.objectives import FILLING
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import with_lanes, with_max_shipments, with_objectives
from routing.sourcing.tier import Tier

Solve = Callable[[SourcingProblem], Solution]

_MOST_SOLVES = 24


@dataclass(frozen=True, slots=True)
class Option:
    """One plan of the Pareto set.

    Attributes
    ----------
    latest_day
        Proleptic ordinal of the last delivery; 0 when nothing ships.
    """

    solution: Solution
    cost_minor: int
    latest_day: int
    shipments: int
    kinds: tuple[AlternativeKind, ...] = ()


def pareto_options(
    problem: SourcingProblem, best: Solution, solve: Solve, has_time: Callable[[], bool]
) -> tuple[Option, ...]:
    """Return the plans that fill as much as `best` and are not beaten in every respect.

    Every delivery date that some lane can promise is tried as a limit, with and without
    fewer shipments; each plan is the cheapest under its limits.

    Parameters
    ----------
    problem
        The order's problem.
    best
        The cheapest plan under the money objective.
    solve
        Solves a restricted problem to the same standard.
    has_time
        Whether there is time for one more; without it the set is what was found so far.

    Returns
    -------
    tuple of Option
        Cheapest first; kinds say what each is best at.
    """
    by_cost = with_objectives(problem, _cost_tiers(problem))
    cheapest = best if by_cost.tiers == problem.tiers else solve(by_cost)
    target = sum(cheapest.allocation.unfilled)
    found = [_option(problem, cheapest)]
    for restricted in _restrictions(by_cost, found[0]):
        if not has_time():
            break
        solution = solve(restricted)
        if sum(solution.allocation.unfilled) <= target:
            found.append(_option(problem, solution))
    return _named(_undominated(found))


def _cost_tiers(problem: SourcingProblem) -> tuple[Tier, ...]:
    """Keep what fills the order, then money alone."""
    filling = tuple(tier for tier in problem.tiers if tier.name in FILLING)
    if problem.tiers[-1].counts_cost and len(problem.tiers) == len(filling) + 1:
        return problem.tiers
    return (*filling, Tier("cost", counts_cost=True))


def _restrictions(problem: SourcingProblem, cheapest: Option) -> list[SourcingProblem]:
    usable = problem.lanes.eligible.any(axis=0)
    days = np.unique(problem.lanes.delivery_day[usable])
    earlier = [int(day) for day in days if day < cheapest.latest_day]
    fewer = list(range(cheapest.shipments - 1, 0, -1))
    restricted = [with_max_shipments(problem, most) for most in fewer]
    for day in earlier:
        in_time = with_lanes(problem, problem.lanes.delivery_day <= day)
        restricted.append(in_time)
        restricted += [
            with_max_shipments(in_time, most) for most in range(1, cheapest.shipments + 1)
        ]
    return restricted[:_MOST_SOLVES]


def _option(problem: SourcingProblem, solution: Solution) -> Option:
    shipments = solution.allocation.shipments
    days = [int(problem.lanes.delivery_day[shipment.lane]) for shipment in shipments]
    return Option(solution, solution.cost_minor, max(days, default=0), len(shipments))


def _undominated(options: list[Option]) -> list[Option]:
    kept: list[Option] = []
    for option in sorted(
        options, key=lambda each: (each.cost_minor, each.latest_day, each.shipments)
    ):
        beaten = any(
            other.cost_minor <= option.cost_minor
            and other.latest_day <= option.latest_day
            and other.shipments <= option.shipments
            for other in kept
        )
        if not beaten:
            kept.append(option)
    return kept


def _named(options: list[Option]) -> tuple[Option, ...]:
    fastest = min(option.latest_day for option in options)
    fewest = min(option.shipments for option in options)
    cheapest = min(option.cost_minor for option in options)
    named = []
    seen: set[AlternativeKind] = set()
    for option in options:
        kinds = [
            kind
            for kind, holds in (
                (AlternativeKind.CHEAPEST, option.cost_minor == cheapest),
                (AlternativeKind.FASTEST, option.latest_day == fastest),
                (AlternativeKind.FEWEST_SHIPMENTS, option.shipments == fewest),
            )
            if holds and kind not in seen
        ]
        seen.update(kinds)
        named.append(
            Option(
                option.solution,
                option.cost_minor,
                option.latest_day,
                option.shipments,
                tuple(kinds) or (AlternativeKind.BALANCED,),
            )
        )
    return tuple(named)
