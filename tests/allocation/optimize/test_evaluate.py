from __future__ import annotations

import pytest

from allocation.optimize.evaluate import (
    Evaluator,
    landed_cost,
    make_shipment,
    penalties_minor,
    tier_values,
)
from allocation.optimize.solution import Allocation
from routing.sourcing.problem import SourcingProblem
from tests.allocation.optimize.answers import as_solution
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.oracle_parcels import OracleParcels
from tests.strategies.by_hand import problem_by_hand, refusing
from tests.strategies.problems import random_problem
from tests.strategies.tariffs import make_tariff


def all_of_lines(problem: SourcingProblem) -> tuple[tuple[int, int], ...]:
    return tuple(enumerate(problem.lines.demand.tolist()))


def test_an_allocation_costs_what_the_brute_force_says() -> None:
    for seed in range(30_000, 30_150):
        problem = random_problem(seed)
        answer = best_allocation(problem)
        allocation = as_solution(answer).allocation
        cost = landed_cost(Evaluator(problem), allocation)
        assert cost == answer.cost_minor, seed
        assert tier_values(problem, allocation, cost) == answer.values, seed


def test_a_whole_order_on_one_lane_is_packed_at_the_least_cost() -> None:
    refused = 0
    for seed in range(30_000, 30_200):
        problem = random_problem(seed)
        counts = tuple(
            (problem.lines.demand[problem.pieces.line] * problem.pieces.per_increment).tolist()
        )
        oracle, evaluator = OracleParcels(problem), Evaluator(problem)
        for lane in range(len(problem.lanes)):
            best = oracle.cheapest(lane, counts)
            packing = evaluator.packing(lane, all_of_lines(problem))
            assert (packing is None) is (best is None), seed
            refused += best is None
            if packing is not None and best is not None:
                assert packing.cost_minor == packing.bound_minor == best[0], seed
    assert refused >= 10


def test_the_cheapest_eligible_lane_is_found_and_the_first_among_equals() -> None:
    problem = problem_by_hand(
        demand=[1], available=[[1]], lane_location=[0, 0, 0], shipment_minor=[30, 20, 20]
    )
    evaluator = Evaluator(problem)
    assert evaluator.best_lane(range(3), ((0, 1),)) == (120, 1)
    assert Evaluator(refusing(problem, 0, 1)).best_lane(range(3), ((0, 1),)) == (120, 2)
    assert evaluator.best_lane([], ((0, 1),)) is None


def test_what_a_carrier_refuses_has_no_cost_and_no_shipment() -> None:
    heavy = problem_by_hand(
        demand=[1], available=[[1]], weight_ug=[9], tariffs=[make_tariff([8], [100])]
    )
    evaluator = Evaluator(heavy)
    assert evaluator.shipment_cost(0, ((0, 1),)) is None
    assert evaluator.best_lane([0], ((0, 1),)) is None
    with pytest.raises(ValueError, match="lane 0 cannot carry"):
        make_shipment(evaluator, 0, {0: 1})


def test_a_shipment_leaves_out_lines_of_which_it_has_nothing() -> None:
    problem = problem_by_hand(demand=[1, 2], available=[[1], [2]])
    shipment = make_shipment(Evaluator(problem), 0, {1: 2, 0: 0})
    assert shipment.quantities == ((1, 2),)


def test_penalties_count_further_shipments_and_unfilled_increments() -> None:
    problem = problem_by_hand(
        demand=[2, 1],
        available=[[1, 1], [0, 0]],
        unfilled_minor=[70, 900],
        extra_shipment_minor=40,
    )
    evaluator = Evaluator(problem)
    one = make_shipment(evaluator, 0, {0: 1})
    other = make_shipment(evaluator, 1, {0: 1})
    assert penalties_minor(problem, Allocation((one, other), (0, 1))) == 940
    assert penalties_minor(problem, Allocation((one,), (1, 1))) == 970
    assert penalties_minor(problem, Allocation((), (2, 1))) == 1_040
