"""Other plans worth showing: the Pareto set of cost, latest delivery date and shipments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.solution import Solution
from allocation.plan import AlternativeKind
from routing.sourcing.objectives import FILLING
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import with_objectives
from routing.sourcing.tier import Tier

_MOST_SOLVES: Final = 24
_NONE: Final = int(np.iinfo(np.int64).max)


class LimitedSolver(Protocol):
    """Finds the cheapest plan under limits."""

    def __call__(self, lanes: NDArray[np.bool_] | None, most: int | None) -> Solution:
        """Return the best allocation on some lanes, bool ``[j]``, with at most so many shipments.

        ``None`` is no limit.
        """
        ...


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


@dataclass(frozen=True, slots=True)
class _Limits:
    """A condition on plans: nothing later, no more shipments; `_NONE` where there is none."""

    day: int
    most: int

    def allows(self, option: Option) -> bool:
        return option.latest_day <= self.day and option.shipments <= self.most

    def implies(self, other: _Limits) -> bool:
        return self.day <= other.day and self.most <= other.most


def pareto_options(
    problem: SourcingProblem,
    cheapest: Solution,
    solver: LimitedSolver,
    has_time: Callable[[], bool],
) -> tuple[Option, ...]:
    """Return the plans that fill as much as the cheapest and are not beaten in every respect.

    Every delivery date that some lane can promise is tried as a limit, with and without
    fewer shipments; each plan is the cheapest under its limits.

    Parameters
    ----------
    problem
        As `by_cost` returns it.
    cheapest
        Its best plan.
    solver
        Solves it under limits, to the same standard.
    has_time
        Whether there is time for one more; without it the set is what was found so far.

    Returns
    -------
    tuple of Option
        Cheapest first; kinds say what each is best at.
    """
    target = sum(cheapest.allocation.unfilled)
    first = _option(problem, cheapest)
    found = [first]
    tried: list[tuple[_Limits, Option | None]] = [(_Limits(_NONE, _NONE), first)]
    for limits in _limits(problem, first):
        if _is_known(limits, tried):
            continue
        if len(tried) > _MOST_SOLVES or not has_time():
            break
        solution = solver(
            None if limits.day == _NONE else problem.lanes.delivery_day <= limits.day,
            None if limits.most == _NONE else limits.most,
        )
        filled = sum(solution.allocation.unfilled) <= target
        option = _option(problem, solution) if filled else None
        tried.append((limits, option))
        if option is not None:
            found.append(option)
    return _named(_undominated(found))


def by_cost(problem: SourcingProblem) -> SourcingProblem:
    """Return the problem whose plans are compared: filling first, then money alone."""
    tiers = _cost_tiers(problem)
    return problem if tiers == problem.tiers else with_objectives(problem, tiers)


def _cost_tiers(problem: SourcingProblem) -> tuple[Tier, ...]:
    """Keep what fills the order, then money alone."""
    filling = tuple(tier for tier in problem.tiers if tier.name in FILLING)
    if problem.tiers[-1].counts_cost and len(problem.tiers) == len(filling) + 1:
        return problem.tiers
    return (*filling, Tier("cost", counts_cost=True))


def _limits(problem: SourcingProblem, cheapest: Option) -> Iterator[_Limits]:
    """Yield what to try: later days first, more shipments first."""
    for most in range(cheapest.shipments - 1, 0, -1):
        yield _Limits(_NONE, most)
    usable = problem.lanes.eligible.any(axis=0)
    days = np.unique(problem.lanes.delivery_day[usable]).tolist()
    for day in reversed([day for day in days if day < cheapest.latest_day]):
        yield _Limits(day, _NONE)
        for most in range(cheapest.shipments, 0, -1):
            yield _Limits(day, most)


def _is_known(limits: _Limits, tried: list[tuple[_Limits, Option | None]]) -> bool:
    """Whether a weaker limit already gave the answer: a plan that keeps this one, or none."""
    return any(
        limits.implies(weaker) and (option is None or limits.allows(option))
        for weaker, option in tried
    )


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
