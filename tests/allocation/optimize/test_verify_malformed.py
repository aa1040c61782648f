"""Answers that only a faulty solver would give, and that `verify` refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allocation.optimize.solution import Shipment
from allocation.optimize.verify import verify
from routing.parcels.packing import PackedParcel
from tests.allocation.optimize.test_verify import (
    COST_MINOR,
    FIRST,
    GOOD,
    PROBLEM,
    SECOND,
    complaints,
)

UNFILLED = (0, 0, 1)


@pytest.mark.parametrize(
    "parcels",
    [
        # 3 - 1 pieces: the parcel that is taken away again lowers the postage.
        (PackedParcel(((1, 3),), 1), PackedParcel(((1, 1),), -1)),
        (PackedParcel(((1, 2),), 1), PackedParcel(((1, 2),), 0)),
        (PackedParcel(((1, 3), (1, -1)), 1),),
        (PackedParcel(((1, 2),), 1), PackedParcel((), 1)),
    ],
    ids=["less than no parcels", "no parcels", "less than no pieces", "an empty parcel"],
)
def test_a_parcel_exists_and_holds_something(parcels: tuple[PackedParcel, ...]) -> None:
    spoilt = Shipment(SECOND.lane, SECOND.quantities, parcels)
    assert complaints(PROBLEM, (FIRST, spoilt), UNFILLED)


def test_a_line_is_named_once_in_a_shipment() -> None:
    twice = Shipment(SECOND.lane, ((1, 1), (1, 1)), SECOND.parcels)
    assert complaints(PROBLEM, (FIRST, twice), UNFILLED)


def test_shipments_are_in_the_order_of_their_lanes() -> None:
    assert complaints(PROBLEM, (SECOND, FIRST), UNFILLED)


def test_a_lane_is_one_of_the_problem() -> None:
    # Lane -1 would be read as the last lane.
    counted_back = Shipment(-1, SECOND.quantities, SECOND.parcels)
    assert complaints(PROBLEM, (FIRST, counted_back), UNFILLED)


def test_the_cost_bound_is_not_above_the_cost() -> None:
    assert not verify(PROBLEM, replace(GOOD, cost_bound_minor=COST_MINOR + 1)).ok
