"""The oracle against cases worked out by hand, and against `verify`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from allocation.optimize.verify import verify
from routing.sourcing.problem import Limits, Pieces, SourcingProblem
from routing.sourcing.tier import Tier
from tests.allocation.optimize.answers import as_solution
from tests.allocation.optimize.oracle import best_allocation, least_cost_minor
from tests.strategies.by_hand import no_limits, problem_by_hand, refusing, with_pieces_alone
from tests.strategies.problems import problems, random_problem
from tests.strategies.tariffs import dimensional_rule, make_tariff
from tests.strategies.tiers import COST, fewest_shipments, unfilled


def values_of(problem: SourcingProblem) -> tuple[int, ...]:
    answer = best_allocation(problem)
    verdict = verify(problem, as_solution(answer))
    assert verdict.ok, verdict.problems
    return answer.values


def limited(n_locations: int, **changes: object) -> Limits:
    return replace(no_limits(n_locations), **changes)  # type: ignore[arg-type]


def test_the_cheaper_of_two_locations_ships() -> None:
    # 100 postage + 30 handling at the second against 100 + 50 at the first.
    problem = problem_by_hand(demand=[1], available=[[1, 1]], shipment_minor=[50, 30])
    assert values_of(problem) == (0, 130)
    assert best_allocation(problem).shipments[0].lane == 1


def test_the_cheaper_lane_of_one_location_ships() -> None:
    problem = problem_by_hand(
        demand=[1], available=[[1]], lane_location=[0, 0], shipment_minor=[50, 20]
    )
    assert values_of(problem) == (0, 120)


def test_a_line_is_split_where_no_location_has_it_all() -> None:
    # 3 wanted, 2 + 1 in stock: two shipments of 100 each and 40 for the second.
    problem = problem_by_hand(demand=[3], available=[[2, 1]], extra_shipment_minor=40)
    assert values_of(problem) == (0, 240)


def test_a_line_that_may_not_be_split_stays_unfilled() -> None:
    # 3 increments at 500 each; the two in stock at location 0 would be a part of a line.
    problem = problem_by_hand(
        demand=[3],
        available=[[2, 1]],
        unfilled_minor=[500],
        limits=limited(2, line_split=False),
    )
    assert values_of(problem) == (3, 1_500)


def test_two_lines_of_one_item_share_its_stock() -> None:
    problem = problem_by_hand(demand=[2, 2], available=[[3]], use=[[1], [1]])
    assert values_of(problem) == (1, 100)


def test_a_kit_takes_all_its_items_at_one_location() -> None:
    # Item 0 is at location 0 only, item 1 at location 1 only: no kit can be made.
    apart = problem_by_hand(demand=[1], available=[[1, 0], [0, 1]], use=[[1, 1]])
    assert values_of(apart) == (1, 0)
    # A kit of one item 0 and two items 1, with three items 1: one kit of the two.
    short = problem_by_hand(demand=[2], available=[[2], [3]], use=[[1, 2]])
    assert values_of(short) == (1, 100)


def test_a_kit_and_a_plain_line_compete_for_an_item() -> None:
    # One item 0. As part of the kit it is worth 900 in penalty, alone 300.
    problem = problem_by_hand(
        demand=[1, 1],
        available=[[1], [1]],
        use=[[1, 1], [1, 0]],
        unfilled_minor=[900, 300],
        tiers=[COST],
    )
    assert values_of(problem) == (400,)


def test_a_group_is_shipped_from_one_location_or_not_at_all() -> None:
    problem = problem_by_hand(demand=[1, 1], available=[[1, 0], [0, 1]], group=[4, 4])
    assert values_of(problem) == (2, 0)
    together = replace(problem, available=np.array([[1, 0], [1, 1]], dtype=np.int64))
    assert values_of(together) == (0, 100)


def test_a_group_of_one_line_is_not_split() -> None:
    problem = problem_by_hand(demand=[2], available=[[1, 1]], group=[0])
    assert values_of(problem) == (2, 0)


def test_at_most_the_allowed_number_of_shipments() -> None:
    problem = problem_by_hand(
        demand=[1, 2],
        available=[[1, 0], [0, 2]],
        limits=limited(2, max_shipments=1),
    )
    assert values_of(problem) == (1, 100)


def test_a_complete_order_ships_whole_or_not_at_all() -> None:
    problem = problem_by_hand(
        demand=[2], available=[[1]], unfilled_minor=[70], limits=limited(1, ship_complete=True)
    )
    assert values_of(problem) == (2, 140)
    enough = replace(problem, available=np.array([[2]], dtype=np.int64))
    assert values_of(enough) == (0, 100)


@pytest.mark.parametrize(
    ("least", "values"),
    [
        ({"min_shipment_units": 1}, (0, 200)),
        ({"min_shipment_units": 2}, (1, 100)),  # the second shipment would hold one
        ({"min_shipment_minor": 60}, (0, 200)),
        ({"min_shipment_minor": 61}, (1, 100)),  # the second is worth 60
    ],
)
def test_a_shipment_beside_another_has_a_least_size(
    least: dict[str, int], values: tuple[int, int]
) -> None:
    problem = problem_by_hand(
        demand=[3], available=[[2, 1]], value_minor=[60], limits=limited(2, **least)
    )
    assert values_of(problem) == values


def test_a_single_shipment_may_be_of_any_size() -> None:
    problem = problem_by_hand(
        demand=[1],
        available=[[1]],
        limits=limited(1, min_shipment_units=9, min_shipment_minor=9_000),
    )
    assert values_of(problem) == (0, 100)


def test_a_location_takes_no_more_lines_and_increments_than_it_can() -> None:
    lines = problem_by_hand(
        demand=[1, 1],
        available=[[1], [1]],
        limits=limited(1, location_lines=np.array([1], dtype=np.int64)),
    )
    assert values_of(lines) == (1, 100)
    units = problem_by_hand(
        demand=[2, 2],
        available=[[2], [2]],
        limits=limited(1, location_units=np.array([3], dtype=np.int64)),
    )
    assert values_of(units) == (1, 100)


def test_all_lines_of_a_shipment_travel_on_one_lane() -> None:
    # Each lane of the one location refuses another line, so that only one line can ship.
    problem = problem_by_hand(demand=[1, 1], available=[[1], [1]], lane_location=[0, 0])
    problem = refusing(refusing(problem, 0, 0), 1, 1)
    assert values_of(problem) == (1, 100)


def test_two_light_parcels_are_cheaper_than_a_heavy_one() -> None:
    # 2 x 5 ug: one parcel of 10 costs 900, two of 5 cost 200 each.
    cliff = make_tariff([5, 10], [200, 900])
    problem = problem_by_hand(
        demand=[1, 1], available=[[1], [1]], weight_ug=[5, 5], tariffs=[cliff]
    )
    assert values_of(problem) == (0, 400)
    assert len(best_allocation(problem).shipments[0].parcels) == 2


def test_a_piece_above_the_greatest_weight_cannot_ship() -> None:
    problem = problem_by_hand(
        demand=[1, 1], available=[[1], [1]], weight_ug=[11, 10], tariffs=[make_tariff([10], [80])]
    )
    assert values_of(problem) == (1, 80)


def test_a_piece_that_travels_alone_has_a_parcel_of_its_own() -> None:
    problem = problem_by_hand(demand=[2, 2], available=[[2], [2]])
    # Two parcels with one piece of line 0 each, and one for both pieces of line 1.
    assert values_of(with_pieces_alone(problem, 0)) == (0, 300)


def test_a_kit_in_several_pieces_is_divided_over_parcels() -> None:
    # A kit of two items of 6 and 4 ug: 10 ug in one parcel cost 500, apart 150 + 150.
    problem = problem_by_hand(
        demand=[1], available=[[1], [1]], use=[[1, 1]], tariffs=[make_tariff([6, 10], [150, 500])]
    )
    parts = Pieces(
        line=np.array([0, 0], dtype=np.int32),
        per_increment=np.array([1, 1], dtype=np.int64),
        weight_ug=np.array([6, 4], dtype=np.int64),
        volume_nl=np.array([0, 0], dtype=np.int64),
        alone=np.array([False, False]),
        item=np.array([0, 1], dtype=np.int32),
    )
    assert values_of(replace(problem, pieces=parts)) == (0, 300)


@pytest.mark.parametrize(("volume", "cost"), [(6, 100), (7, 400)])
def test_volume_counts_above_the_threshold_only(volume: int, cost: int) -> None:
    # Half a microgram per nanolitre above 6 nl: 7 nl weigh 3.5, rounded up to 4 ug.
    bulky = make_tariff([3, 4], [100, 400], dimensional_rule(Fraction(1, 2), 6))
    problem = problem_by_hand(demand=[1], available=[[1]], tariffs=[bulky])
    pieces = replace(problem.pieces, volume_nl=np.array([volume], dtype=np.int64))
    assert values_of(replace(problem, pieces=pieces)) == (0, cost)


def test_a_tier_above_cost_comes_first() -> None:
    # One shipment from location 2 costs 900; locations 0 and 1 together cost 200.
    dear = make_tariff([9], [900])
    problem = problem_by_hand(
        demand=[1, 1],
        available=[[1, 0, 1], [0, 1, 1]],
        tariffs=[make_tariff([9], [100]), dear],
        lane_tariff=[0, 0, 1],
    )
    assert values_of(problem) == (0, 200)
    fewest = (unfilled(2), fewest_shipments(problem.lanes), COST)
    assert values_of(replace(problem, tiers=fewest)) == (0, 1, 900)


def test_nothing_ships_where_that_is_cheapest() -> None:
    problem = problem_by_hand(demand=[1], available=[[1]], unfilled_minor=[99], tiers=[COST])
    assert values_of(problem) == (99,)
    dearer = replace(problem, unfilled_minor=np.array([101], dtype=np.int64))
    assert values_of(dearer) == (100,)


def test_the_least_cost_is_sought_among_the_optima_of_the_tiers_before() -> None:
    # The weighted tier prefers location 0 (100 + 0) to location 1 (60 + 50), which is cheaper.
    weighted = Tier("weighted", shipment=np.array([0, 50], dtype=np.int64), counts_cost=True)
    problem = problem_by_hand(
        demand=[1],
        available=[[1, 1]],
        tariffs=[make_tariff([9], [60])],
        shipment_minor=[40, 0],
        tiers=[unfilled(1), weighted],
    )
    assert values_of(problem) == (0, 100)
    assert least_cost_minor(problem) == 60


@pytest.mark.parametrize("first_seed", range(50_000, 50_200, 50))
def test_verify_accepts_the_oracle(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 50):
        values_of(random_problem(seed))


@settings(max_examples=60, deadline=None)
@given(problems())
def test_verify_accepts_the_oracle_on_drawn_problems(problem: SourcingProblem) -> None:
    values_of(problem)
