from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings

from routing.sourcing.problem import SourcingProblem
from tests.allocation.optimize.oracle import Answer, best_allocation
from tests.strategies.features import FEATURES
from tests.strategies.problems import problems, random_problem

COUNTED = 600
SOLVED = 200


@cache
def sample() -> tuple[SourcingProblem, ...]:
    return tuple(random_problem(seed) for seed in range(COUNTED))


@cache
def solved() -> tuple[Answer, ...]:
    return tuple(best_allocation(problem) for problem in sample()[:SOLVED])


@pytest.mark.parametrize("name", FEATURES)
def test_everything_that_a_problem_may_have_occurs_often(name: str) -> None:
    has_it, least_percent = FEATURES[name]
    count = sum(has_it(problem) for problem in sample())
    assert 100 * count >= least_percent * COUNTED
    assert count < COUNTED, "problems without it must occur too"


def _has_split_line(answer: Answer) -> bool:
    lines = [line for shipment in answer.shipments for line, _ in shipment.quantities]
    return len(lines) > len(set(lines))


@pytest.mark.parametrize(
    ("name", "least_percent"),
    [("nothing", 5), ("one", 30), ("several", 15), ("parcels", 25), ("unfilled", 25), ("split", 3)],
)
def test_optima_are_of_every_kind(name: str, least_percent: int) -> None:
    kinds = {
        "nothing": lambda answer: not answer.shipments,
        "one": lambda answer: len(answer.shipments) == 1,
        "several": lambda answer: len(answer.shipments) > 1,
        "parcels": lambda answer: any(len(each.parcels) > 1 for each in answer.shipments),
        "unfilled": lambda answer: any(answer.unfilled) and bool(answer.shipments),
        "split": _has_split_line,
    }
    count = sum(kinds[name](answer) for answer in solved())
    assert 100 * count >= least_percent * SOLVED


def assert_consistent(problem: SourcingProblem) -> None:
    lines, pieces, lanes, limits = problem.lines, problem.pieces, problem.lanes, problem.limits
    n_lines, n_lanes, n_locations = len(lines), len(lanes), problem.n_locations
    assert lines.use.shape == (n_lines, len(problem.item_ids))
    assert (lines.demand >= 1).all()
    assert (lines.use >= 0).all()
    assert (lines.use.sum(axis=1) >= 1).all()
    assert sorted(set(pieces.line.tolist())) == list(range(n_lines))
    assert (pieces.per_increment >= 1).all()
    assert (np.diff(lanes.location) >= 0).all()
    assert set(lanes.location.tolist()) == set(range(n_locations))
    assert lanes.eligible.shape == lanes.line_minor.shape == lanes.unit_minor.shape
    assert lanes.eligible.shape == (n_lines, n_lanes)
    assert (lanes.tariff < len(lanes.tariffs)).all()
    assert (lanes.parcel_minor >= 0).all()
    assert problem.available.shape == (len(problem.item_ids), n_locations)
    assert (problem.available >= 0).all()
    assert limits.location_lines.shape == limits.location_units.shape == (n_locations,)
    assert problem.unfilled_minor.shape == (n_lines,)


def test_seeded_problems_fit_together() -> None:
    for problem in sample():
        assert_consistent(problem)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_drawn_problems_fit_together(problem: SourcingProblem) -> None:
    assert_consistent(problem)


def test_a_seed_always_gives_the_same_problem() -> None:
    first, again = random_problem(7), random_problem(7)
    assert np.array_equal(first.available, again.available)
    assert np.array_equal(first.lanes.unit_minor, again.lanes.unit_minor)
    assert first.lines.ids == again.lines.ids
    assert best_allocation(first) == best_allocation(again)
