"""`verify` accepts what is right and names every rule that is broken.

Each test starts from one good solution and spoils one thing. Figures that follow from
the spoilt thing are claimed as `verify` finds them, so that one complaint is left.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocation.optimize.solution import (
    Allocation,
    ProofStatus,
    Rung,
    Shipment,
    Solution,
)
from allocation.optimize.verify import verify
from routing.parcels.packing import PackedParcel
from routing.sourcing.problem import SourcingProblem
from tests.strategies.by_hand import no_limits, problem_by_hand, refusing, with_pieces_alone
from tests.strategies.tariffs import make_tariff

# Lines: 2 of item 0, 3 of item 1, 1 of item 2 (not in stock anywhere). Location 0 ships
# line 0 and one of line 1 in one parcel of 3 ug, location 1 two of line 1 in one of 2 ug.
PROBLEM = problem_by_hand(
    demand=[2, 3, 1],
    available=[[2, 2], [1, 2], [0, 0]],
    tariffs=[make_tariff([2, 4], [100, 170])],
    shipment_minor=[10, 20],
    value_minor=[50, 40, 30],
    unfilled_minor=[500, 500, 500],
    extra_shipment_minor=5,
)
FIRST = Shipment(0, ((0, 2), (1, 1)), (PackedParcel(((0, 2), (1, 1)), 1),))
SECOND = Shipment(1, ((1, 2),), (PackedParcel(((1, 2),), 1),))
COST_MINOR = (170 + 10) + (100 + 20) + 5 + 500


def claim(shipments: tuple[Shipment, ...], unfilled: tuple[int, ...]) -> Solution:
    """Return a solution that claims the figures of `PROBLEM` for any allocation."""
    return Solution(
        allocation=Allocation(shipments, unfilled),
        values=(1, COST_MINOR),
        bounds=(1, COST_MINOR),
        cost_minor=COST_MINOR,
        cost_bound_minor=COST_MINOR,
        status=ProofStatus.OPTIMAL,
        rung=Rung.EXACT_SETS,
        solver="by hand",
    )


GOOD = claim((FIRST, SECOND), (0, 0, 1))


def complaints(
    problem: SourcingProblem, shipments: tuple[Shipment, ...], unfilled: tuple[int, ...]
) -> tuple[str, ...]:
    """Return what `verify` says of an allocation whose figures are claimed rightly."""
    draft = claim(shipments, unfilled)
    seen = verify(problem, draft)
    cost = seen.cost_minor
    honest = replace(
        draft,
        values=seen.values,
        bounds=seen.values,
        cost_minor=cost,
        cost_bound_minor=min(cost, draft.cost_bound_minor),
    )
    return verify(problem, honest).problems


def limited(**changes: object) -> SourcingProblem:
    return replace(PROBLEM, limits=replace(no_limits(2), **changes))  # type: ignore[arg-type]


def test_a_right_solution_is_accepted_with_its_figures() -> None:
    verdict = verify(PROBLEM, GOOD)
    assert verdict.ok
    assert verdict.problems == ()
    assert (verdict.cost_minor, verdict.values) == (COST_MINOR, (1, COST_MINOR))


def test_shipping_nothing_is_accepted() -> None:
    assert complaints(PROBLEM, (), (2, 3, 1)) == ()


@pytest.mark.parametrize("unfilled", [(0, 0, 0), (0, 0, 2), (1, 0, 1)])
def test_shipped_and_unfilled_add_up_to_what_was_ordered(unfilled: tuple[int, ...]) -> None:
    (found,) = complaints(PROBLEM, (FIRST, SECOND), unfilled)
    assert "ordered" in found


def test_unfilled_is_not_negative() -> None:
    more = replace(PROBLEM, available=PROBLEM.available + 9)
    three = Shipment(1, ((1, 3),), (PackedParcel(((1, 3),), 1),))
    (found,) = complaints(more, (FIRST, three), (0, -1, 1))
    assert "-1 unfilled" in found


def test_a_shipped_quantity_is_at_least_one() -> None:
    nothing_of_line_0 = replace(SECOND, quantities=((0, 0), (1, 2)))
    (found,) = complaints(PROBLEM, (FIRST, nothing_of_line_0), (0, 0, 1))
    assert "below 1" in found


def test_stock_is_not_overdrawn() -> None:
    less = replace(PROBLEM, available=np.array([[2, 2], [1, 1], [0, 0]], dtype=np.int64))
    assert complaints(less, (FIRST, SECOND), (0, 0, 1)) == ("item 1 at location 1: 2 taken of 1",)


def test_lines_that_share_an_item_do_not_overdraw_it_together() -> None:
    use = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 1]], dtype=np.int64)
    shared = replace(PROBLEM, lines=replace(PROBLEM.lines, use=use))
    assert complaints(shared, (FIRST, SECOND), (0, 0, 1)) == ("item 0 at location 0: 3 taken of 2",)


def test_a_location_ships_once() -> None:
    two_lanes = problem_by_hand(demand=[2], available=[[2]], lane_location=[0, 0])
    parts = tuple(Shipment(lane, ((0, 1),), (PackedParcel(((0, 1),), 1),)) for lane in (0, 1))
    assert complaints(two_lanes, parts, (0,)) == ("location 0 ships 2 times",)


def test_a_shipment_carries_something() -> None:
    (found,) = complaints(PROBLEM, (FIRST, Shipment(1, (), ())), (0, 2, 1))
    assert "lane 1 carries nothing" in found


def test_a_line_travels_only_where_it_is_eligible() -> None:
    (found,) = complaints(refusing(PROBLEM, 1, 1), (FIRST, SECOND), (0, 0, 1))
    assert found == "line 1 may not travel on lane 1"


@pytest.mark.parametrize(("most", "ok"), [(2, True), (1, False)])
def test_shipments_are_at_most_as_many_as_allowed(most: int, ok: bool) -> None:
    found = complaints(limited(max_shipments=most), (FIRST, SECOND), (0, 0, 1))
    assert found == (() if ok else ("2 shipments of at most 1",))


def test_a_complete_order_is_whole_or_empty() -> None:
    complete = limited(ship_complete=True)
    (found,) = complaints(complete, (FIRST, SECOND), (0, 0, 1))
    assert "ship-complete" in found
    assert complaints(complete, (), (2, 3, 1)) == ()


@pytest.mark.parametrize(("most", "ok"), [(3, True), (2, False)])
def test_a_location_ships_no_more_units_than_it_can(most: int, ok: bool) -> None:
    capacity = np.array([most, 99], dtype=np.int64)
    found = complaints(limited(location_units=capacity), (FIRST, SECOND), (0, 0, 1))
    assert found == (() if ok else ("location 0: 3 units over its capacity",))


@pytest.mark.parametrize(("most", "ok"), [(2, True), (1, False)])
def test_a_location_ships_no_more_lines_than_it_can(most: int, ok: bool) -> None:
    capacity = np.array([most, 99], dtype=np.int64)
    found = complaints(limited(location_lines=capacity), (FIRST, SECOND), (0, 0, 1))
    assert found == (() if ok else ("location 0: 2 lines over its capacity",))


@pytest.mark.parametrize(("least", "ok"), [(80, True), (81, False)])
def test_a_shipment_beside_another_is_worth_enough(least: int, ok: bool) -> None:
    found = complaints(limited(min_shipment_minor=least), (FIRST, SECOND), (0, 0, 1))
    assert found == (() if ok else ("location 1: shipment worth 80, too little",))


@pytest.mark.parametrize(("least", "ok"), [(2, True), (3, False)])
def test_a_shipment_beside_another_has_enough_units(least: int, ok: bool) -> None:
    found = complaints(limited(min_shipment_units=least), (FIRST, SECOND), (0, 0, 1))
    assert found == (() if ok else ("location 1: shipment of 2 units, too few",))


def test_a_single_shipment_may_be_small() -> None:
    small = limited(min_shipment_units=9, min_shipment_minor=9_000)
    assert complaints(small, (FIRST,), (0, 2, 1)) == ()


def test_a_line_is_whole_where_it_may_not_be_split() -> None:
    whole = limited(line_split=False)
    (found,) = complaints(whole, (FIRST, SECOND), (0, 0, 1))
    assert found == "line 1 is split into [1, 2] of 3"
    (found,) = complaints(whole, (SECOND,), (2, 1, 1))
    assert found == "line 1 is split into [2] of 3"


def test_a_group_is_together_and_whole() -> None:
    def grouped(*group: int) -> SourcingProblem:
        lines = replace(PROBLEM.lines, group=np.array(group, dtype=np.int32))
        return replace(PROBLEM, lines=lines)

    apart = (replace(FIRST, quantities=((0, 2),), parcels=(PackedParcel(((0, 2),), 1),)), SECOND)
    assert complaints(grouped(7, 7, -1), apart, (0, 1, 1)) == ("group 7 is not together",)
    assert complaints(grouped(-1, 3, -1), (SECOND,), (2, 1, 1)) == ("group 3 is not together",)
    assert complaints(grouped(7, -1, -1), (FIRST, SECOND), (0, 0, 1)) == ()


def test_a_parcel_has_a_price() -> None:
    light = replace(PROBLEM, lanes=replace(PROBLEM.lanes, tariffs=(make_tariff([2], [100]),)))
    found = complaints(light, (FIRST, SECOND), (0, 0, 1))
    assert found == ("lane 0: a parcel of 3 ug has no price",)


def test_a_piece_that_travels_alone_is_alone() -> None:
    found = complaints(with_pieces_alone(PROBLEM, 0), (FIRST, SECOND), (0, 0, 1))
    assert set(found) == {"lane 0: piece 0 must travel alone"}
    found = complaints(with_pieces_alone(PROBLEM, 1), (SECOND,), (2, 1, 1))
    assert set(found) == {"lane 1: piece 1 must travel alone"}
    singly = replace(SECOND, parcels=(PackedParcel(((1, 1),), 2),))
    assert complaints(with_pieces_alone(PROBLEM, 1), (singly,), (2, 1, 1)) == ()


@pytest.mark.parametrize(
    "parcels",
    [
        (),
        (PackedParcel(((1, 1),), 1),),
        (PackedParcel(((1, 3),), 1),),
        (PackedParcel(((1, 2),), 2),),
        (PackedParcel(((0, 2),), 1),),
    ],
)
def test_parcels_hold_exactly_what_is_shipped(parcels: tuple[PackedParcel, ...]) -> None:
    (found,) = complaints(PROBLEM, (FIRST, replace(SECOND, parcels=parcels)), (0, 0, 1))
    assert found.startswith("lane 1: parcels hold")


def test_the_claimed_cost_is_the_cost() -> None:
    low = replace(GOOD, cost_minor=COST_MINOR - 1, cost_bound_minor=0)
    (found,) = verify(PROBLEM, low).problems
    assert found == f"cost is {COST_MINOR}, claimed {COST_MINOR - 1}"


def test_the_claimed_values_are_the_values() -> None:
    wrong = replace(GOOD, values=(1, COST_MINOR - 1), bounds=(1, 0), status=ProofStatus.FEASIBLE)
    (found,) = verify(PROBLEM, wrong).problems
    assert found.startswith("values are")


def test_bounds_are_not_above_the_values() -> None:
    above = replace(GOOD, bounds=(1, COST_MINOR + 1), status=ProofStatus.FEASIBLE)
    (found,) = verify(PROBLEM, above).problems
    assert "above the values" in found
    below = replace(GOOD, bounds=(0, COST_MINOR + 1), status=ProofStatus.FEASIBLE)
    assert verify(PROBLEM, below).ok


def test_what_is_called_optimal_meets_its_bounds() -> None:
    (found,) = verify(PROBLEM, replace(GOOD, bounds=(1, COST_MINOR - 1))).problems
    assert "called optimal" in found


def test_every_broken_rule_is_named_at_once() -> None:
    tight = limited(max_shipments=1, min_shipment_units=3)
    found = complaints(refusing(tight, 1, 1), (FIRST, SECOND), (0, 0, 0))
    assert len(found) == 4
