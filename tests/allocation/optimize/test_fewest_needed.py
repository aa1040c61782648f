"""Shipments that an order needs at least."""

from __future__ import annotations

import numpy as np

from allocation.optimize.fewest_needed import fewest_needed
from routing.sourcing.problem import NO_LIMIT
from tests.allocation.optimize.oracle import best_allocation
from tests.strategies.by_hand import problem_by_hand, refusing
from tests.strategies.problems import random_problem


def test_the_locations_with_most_of_an_item_have_to_add_up() -> None:
    assert fewest_needed(problem_by_hand(demand=[5], available=[[2, 1, 3, 0]])) == 2
    assert fewest_needed(problem_by_hand(demand=[6], available=[[2, 1, 3, 0]])) == 3
    assert fewest_needed(problem_by_hand(demand=[1], available=[[NO_LIMIT, NO_LIMIT]])) == 1


def test_what_is_short_is_sent_as_far_as_it_goes() -> None:
    assert fewest_needed(problem_by_hand(demand=[9], available=[[2, 1, 0]])) == 2
    assert fewest_needed(problem_by_hand(demand=[9], available=[[0, 0]])) == 0


def test_lines_share_items_and_kits_take_several_of_them() -> None:
    problem = problem_by_hand(demand=[2, 2], available=[[4, 3, 3]], use=[[1], [2]])
    assert fewest_needed(problem) == 2


def test_a_location_that_may_not_ship_does_not_count() -> None:
    problem = problem_by_hand(demand=[5], available=[[5, 3, 3]])
    assert fewest_needed(problem) == 1
    assert fewest_needed(refusing(problem, 0, 0)) == 2


def test_no_plan_that_fills_everything_has_fewer_shipments() -> None:
    filled = 0
    for seed in range(200):
        problem = random_problem(seed)
        answer = best_allocation(problem)
        shipped = np.zeros(len(problem.lines), dtype=np.int64)
        for shipment in answer.shipments:
            for line, units in shipment.quantities:
                shipped[line] += units
        if (shipped == problem.lines.demand).all():
            filled += 1
            assert fewest_needed(problem) <= len(answer.shipments)
    assert filled >= 50
