"""The short way for usual orders, against the brute force and against the exact rung."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.optimize.cheapest_partition import cheapest_partition
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.few_lines import MOST_LINES, solve_few_lines
from allocation.optimize.ladder import solve
from allocation.optimize.rate_table import rate_table
from allocation.optimize.solution import ProofStatus
from allocation.optimize.verify import verify
from routing.parcels.partition import INFINITE
from routing.rating.tariff import parcel_price_minor
from routing.sourcing.problem import NO_LIMIT, SourcingProblem
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.strategies.by_hand import problem_by_hand
from tests.strategies.draws import SeededDraws
from tests.strategies.problems import random_problem
from tests.strategies.tariffs import draw_tariff

CHUNK, CHUNKS = 200, 10


def usual(problem: SourcingProblem) -> SourcingProblem:
    """Take away what makes an order unusual; prices, stock and tiers stay."""
    return replace(
        problem,
        lines=replace(problem.lines, group=np.full(len(problem.lines), -1, dtype=np.int32)),
        pieces=replace(
            problem.pieces,
            alone=np.zeros_like(problem.pieces.alone),
            weight_ug=problem.pieces.weight_ug // 8,
            volume_nl=problem.pieces.volume_nl // 8,
        ),
        limits=replace(
            problem.limits,
            line_split=False,
            ship_complete=False,
            min_shipment_minor=0,
            min_shipment_units=0,
            max_shipments=max(problem.limits.max_shipments, 2),
        ),
    )


@pytest.mark.parametrize("first_seed", range(0, CHUNK * CHUNKS, CHUNK))
def test_every_answer_is_the_optimum_of_the_brute_force(first_seed: int) -> None:
    answered, wrong = 0, []
    for seed in range(first_seed, first_seed + CHUNK):
        problem = usual(random_problem(seed))
        found = solve_few_lines(problem)
        if found is None:
            continue
        answered += 1
        verdict = verify(problem, found)
        best = best_allocation(problem).values
        if not verdict.ok or found.values != best or found.status is not ProofStatus.OPTIMAL:
            wrong.append((seed, verdict.problems, found.values, best))
    assert not wrong
    assert answered >= CHUNK // 5


def test_the_exact_rung_finds_the_same_values_and_the_same_locations() -> None:
    compared = 0
    for seed in range(1_000):
        problem = usual(random_problem(seed))
        short = solve_few_lines(problem)
        if short is None:
            continue
        long = ExactSets().solve(problem, budget(), None, Evaluator(problem))
        assert long is not None
        assert short.values == long.values
        assert short.cost_bound_minor == long.cost_bound_minor
        sums = [
            (len(each.shipments), sum(int(problem.lanes.location[s.lane]) for s in each.shipments))
            for each in (short.allocation, long.allocation)
        ]
        assert sums[0] == sums[1]
        compared += 1
    assert compared >= 200


def plain(count: int = 2) -> SourcingProblem:
    return problem_by_hand(demand=[1] * count, available=[[1]] * count, weight_ug=[1] * count)


def test_a_usual_order_is_answered_and_the_ladder_stops_there() -> None:
    found = solve_few_lines(plain())
    assert found is not None
    assert solve(plain(), budget()) == found


@pytest.mark.parametrize(
    "changed",
    [
        plain(MOST_LINES + 1),
        replace(plain(), limits=replace(plain().limits, ship_complete=True)),
        replace(plain(), limits=replace(plain().limits, min_shipment_minor=1)),
        replace(plain(), limits=replace(plain().limits, min_shipment_units=1)),
        replace(plain(), lines=replace(plain().lines, group=np.array([-1, 0], dtype=np.int32))),
        replace(plain(), pieces=replace(plain().pieces, alone=np.array([False, True]))),
        problem_by_hand(demand=[2], available=[[1, 1]], weight_ug=[1]),
        problem_by_hand(demand=[1], available=[[1]], weight_ug=[10**6]),
        problem_by_hand(demand=[1], available=[[]], weight_ug=[1]),
    ],
)
def test_whatever_is_unusual_is_left_to_the_other_rungs(changed: SourcingProblem) -> None:
    assert solve_few_lines(changed) is None
    assert verify(changed, solve(changed, budget())).ok


def test_too_few_shipments_for_the_cheapest_partition_are_left_to_the_other_rungs() -> None:
    apart = problem_by_hand(demand=[1, 1], available=[[1, 0], [0, 1]], weight_ug=[1, 1])
    both = solve_few_lines(apart)
    assert both is not None
    assert len(both.allocation.shipments) == 2
    one_only = replace(apart, limits=replace(apart.limits, max_shipments=1))
    assert solve_few_lines(one_only) is None
    assert len(solve(one_only, budget()).allocation.shipments) == 1


def test_capacity_of_a_location_counts() -> None:
    problem = usual(problem_by_hand(demand=[1, 2], available=[[9, 9], [9, 9]]))
    units = np.array([2, NO_LIMIT], dtype=np.int64)
    tight = replace(problem, limits=replace(problem.limits, location_units=units))
    found = solve_few_lines(tight)
    assert found is not None
    assert verify(tight, found).ok


@st.composite
def partitions(draw: st.DrawFn) -> tuple[list[int], list[int], int]:
    count = draw(st.integers(1, 4))
    value = st.one_of(st.integers(0, 50), st.just(INFINITE))
    part = draw(st.lists(value, min_size=1 << count, max_size=1 << count))
    left_out = draw(st.lists(st.integers(0, 60), min_size=count, max_size=count))
    return part, left_out, draw(st.integers(0, 20))


def every_partition(lines: frozenset[int]) -> list[list[frozenset[int]]]:
    """Return every way to divide lines into sets."""
    if not lines:
        return [[]]
    first = min(lines)
    others = sorted(lines - {first})
    found = []
    for number in range(1 << len(others)):
        one = frozenset([first, *(x for bit, x in enumerate(others) if number >> bit & 1)])
        found += [[one, *rest] for rest in every_partition(lines - one)]
    return found


@given(partitions())
def test_the_partition_is_the_cheapest_of_all(drawn: tuple[list[int], list[int], int]) -> None:
    part, left_out, free = drawn

    def value(sets: list[frozenset[int]]) -> int:
        shipped = {line for one in sets for line in one}
        out = sum(cost for line, cost in enumerate(left_out) if line not in shipped)
        parts = sum(part[sum(1 << line for line in one)] for one in sets)
        return out + parts - (free if sets else 0)

    lines = frozenset(range(len(left_out)))
    shippable = [
        frozenset(line for line in lines if number >> line & 1) for number in range(1 << len(lines))
    ]
    least = min(value(sets) for chosen in shippable for sets in every_partition(chosen))
    found = cheapest_partition(part, left_out, free)
    sets = [frozenset(line for line in lines if number >> line & 1) for number in found]
    assert sum(map(len, sets)) == len({line for one in sets for line in one})
    assert value(sets) == least


@given(st.integers(0, 10_000), st.lists(st.integers(0, 200), min_size=1, max_size=20))
def test_merged_prices_are_those_of_each_tariff(seed: int, weights: list[int]) -> None:
    draws = SeededDraws(seed)
    tariffs = tuple(draw_tariff(draws) for _ in range(draws.integer(1, 4)))
    weight_ug = np.array(weights, dtype=np.int64)
    table = rate_table(tariffs).price_minor(weight_ug)
    for column, tariff in enumerate(tariffs):
        expected = parcel_price_minor(tariff, weight_ug, np.zeros_like(weight_ug))
        assert np.array_equal(table[:, column], expected)
