"""What is left out by dominance or by bounds never holds the only optimum.

Every way to leave something out is taken away in turn; values must stay the same, and
everything that was proven before must still be proven the optimum.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from allocation.optimize import lane_classes
from allocation.optimize.cp_sat import step_build
from allocation.optimize.location_sets import places, search
from allocation.optimize.location_sets.pairs import Few
from allocation.optimize.location_sets.price_search import PriceSearch
from allocation.optimize.location_sets.scalars import INFINITE
from allocation.optimize.location_sets.search import LocationSearch
from allocation.optimize.solution import ProofStatus, Solution
from bench.instances.draw import draw_instance
from bench.instances.families import Cell, Demand
from routing.sourcing.problem import SourcingProblem
from tests.allocation.optimize.location_sets.test_many_locations import UNUSUAL
from tests.allocation.optimize.solvers import SOLVERS
from tests.strategies.problems import random_problem

FIRST, RANDOM = 30_000, 30
ANYTHING = -INFINITE


@dataclass(frozen=True, slots=True)
class Pruning:
    """One way to leave something out.

    Attributes
    ----------
    solver
        Name of a rung that does.
    owner, name
        Where the function is.
    without
        Makes a function that leaves nothing out of the one that does.
    """

    solver: str
    owner: Any
    name: str
    without: Callable[[Callable[..., Any]], Callable[..., Any]]


def all_lanes(_: Callable[..., Any]) -> Callable[..., Any]:
    return lambda view, stages: np.flatnonzero(view.stock.any(axis=0)).tolist()


def each_lane_by_itself(signatures: Callable[..., Any]) -> Callable[..., Any]:
    def numbered(problem: SourcingProblem) -> Any:
        number = np.arange(len(problem.lanes))[:, None]
        return np.ascontiguousarray(np.hstack((signatures(problem), number)))

    return numbered


def any_weight(_: Callable[..., Any]) -> Callable[..., Any]:
    return lambda problem, contents, cap, location: np.full(location.size, 2**60)


def nothing_must(must: Callable[..., Any]) -> Callable[..., Any]:
    def only_the_complete(self: LocationSearch) -> Any:
        complete = self.model.problem.limits.ship_complete
        return must(self) if complete else np.zeros_like(must(self))

    return only_the_complete


def any_single(singles: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self: np.full_like(singles(self), ANYTHING)


def any_pair(_: Callable[..., Any]) -> Callable[..., Any]:
    def pairs(self: Few, below: int) -> Any:
        first, second = np.triu_indices(len(self.model.places), 1)
        return first, second, np.full(first.size, ANYTHING)

    return pairs


def any_set(sets_below: Callable[..., Any]) -> Callable[..., Any]:
    return lambda coupled, shipments, below, *more: sets_below(coupled, shipments, INFINITE, *more)


PRUNINGS = {
    "lanes that others beat": Pruning("steps", step_build, "worthwhile_lanes", all_lanes),
    "lanes of one class": Pruning("exact_sets", lane_classes, "signatures", each_lane_by_itself),
    "weight beyond capacity": Pruning("location_sets", places, "_most_weight", any_weight),
    "leaving out what must ship": Pruning("location_sets", LocationSearch, "_must", nothing_must),
    "single locations": Pruning("location_sets", Few, "singles", any_single),
    "pairs of locations": Pruning("location_sets", Few, "pairs", any_pair),
    "sets of locations": Pruning("location_sets", search, "sets_below", any_set),
    "rows under prices": Pruning(
        "location_sets", PriceSearch, "_bar", lambda _: lambda self, alpha, reduced: None
    ),
}


def drawn(solver: str) -> list[SourcingProblem]:
    """Return small nasty problems, and larger ones of unusual orders."""
    found = [random_problem(seed) for seed in range(FIRST, FIRST + RANDOM)]
    if solver == "steps":
        return found[: RANDOM // 2]
    cells = [
        Cell("wide", 6, 24, (1, 1), (1, 1)),
        Cell("split", 3, 14, (1, 1), (1, 1), Demand.SPLIT),
    ]
    plain = [draw_instance(cell, 9, index).problem for cell in cells for index in range(2)]
    return [*found, *plain, *(change(problem) for change in UNUSUAL for problem in plain[:2])]


def answers(solver: str, some: list[SourcingProblem]) -> list[Solution | None]:
    return [SOLVERS[solver].solve(problem) for problem in some]


@pytest.mark.parametrize("name", PRUNINGS)
def test_the_optimum_is_the_same_when_nothing_is_left_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pruning = PRUNINGS[name]
    some = drawn(pruning.solver)
    with_pruning = answers(pruning.solver, some)
    calls = 0
    without = pruning.without(getattr(pruning.owner, pruning.name))

    def counted(*given: Any) -> Any:
        nonlocal calls
        calls += 1
        return without(*given)

    monkeypatch.setattr(pruning.owner, pruning.name, counted)
    for before, after in zip(with_pruning, answers(pruning.solver, some), strict=True):
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert before.values == after.values
            assert before.status is after.status is ProofStatus.OPTIMAL
    assert calls
