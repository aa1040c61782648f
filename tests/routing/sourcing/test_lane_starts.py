from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.optimize.ladder import solve_at_once
from routing.location import DailyCapacity, HandlingCost
from routing.network import Network
from routing.sourcing import build, layout
from routing.sourcing.build import Sourcing, build_sourcing
from routing.sourcing.charges import parcel_minor, standing_charges, sum_charges, whole_lines
from routing.sourcing.lane_sheet import lane_sheet
from routing.sourcing.lane_starts import make_starts, starts_of
from routing.sourcing.policy import Policy
from tests.networks import PLACES, item, line, location, network, order, stock

LEVELS = st.fixed_dictionaries(
    {
        name: st.dictionaries(st.sampled_from(sorted(PLACES)), st.integers(0, 3))
        for name in ("cup", "pot", "pan")
    }
)


def shop() -> Network:
    cost = HandlingCost(per_shipment_minor=120, per_line_minor=30, per_unit_minor=7)
    places = [
        location(name, handling=cost if name == "reno" else HandlingCost(per_shipment_minor=90))
        for name in PLACES
    ]
    return network([item("cup"), item("pot", 2), item("pan", 3)], places)


def built(levels: dict[str, dict[str, int]]) -> Sourcing:
    lines = [line(number, name) for number, name in enumerate(levels, start=1)]
    return build_sourcing(order(lines), shop(), stock(**levels), Policy())


def test_lanes_to_areas_that_start_alike_share_where_they_start():
    everything = shop()
    near = lane_sheet(order([line(1, "cup")], "10001"), everything, 0)
    far = lane_sheet(order([line(1, "cup")], "94105"), everything, 0)
    assert np.array_equal(near.location, far.location)
    assert starts_of(near, everything) is starts_of(far, everything)
    assert starts_of(near, everything) is starts_of(near, everything)


def test_each_location_with_lanes_is_one_slot():
    facts = shop().facts
    starts = make_starts(np.array([0, 0, 2, 3, 3, 3], dtype=np.int32), facts)
    assert starts.slot.tolist() == [0, 0, 1, 2, 2, 2]
    assert starts.first.tolist() == [0, 2, 3]
    assert starts.place.tolist() == [0, 2, 3]
    assert starts.location_ids == (facts.ids[0], facts.ids[2], facts.ids[3])
    assert not starts.is_everywhere


def test_no_lanes_start_nowhere():
    starts = make_starts(np.zeros(0, dtype=np.int32), shop().facts)
    assert (starts.slot.size, starts.place.size, starts.location_ids) == (0, 0, ())


@pytest.mark.parametrize("count", [1, 3, 6])
def test_standing_charges_are_those_of_the_order(count):
    facts = shop().facts
    here = np.array([0, 1, 1, 2, 3], dtype=np.int32)
    starts = make_starts(here, facts)
    lines = built({name: {"reno": 1} for name in ("cup", "pot", "pan")}).lines
    several = [lines[number % 3] for number in range(count)]
    charges = standing_charges(here, facts, whole_lines(several), 11)
    found = starts.standing(count, 11)
    assert [each.name for each in found.charges] == [each.name for each in charges]
    sums = found.shipment_minor, found.line_minor, found.unit_minor
    assert all(map(np.array_equal, sums, sum_charges(charges, count, here.size)))
    assert np.array_equal(starts.parcel_minor, parcel_minor(facts)[here])


@pytest.mark.pure
@given(levels=LEVELS)
def test_lanes_that_carry_nothing_change_no_cost(levels):
    along = built(levels)
    with (
        patch.object(layout, "MOST_IDLE", -1),
        patch.object(build, "usual_sourcing", lambda *_: None),
    ):
        without = built(levels)
    assert without.problem.lanes.eligible.any(axis=0).all()
    assert len(along.problem.lanes) >= len(without.problem.lanes)
    assert np.array_equal(along.verdicts, without.verdicts)
    first, second = solve_at_once(along.problem), solve_at_once(without.problem)
    if first is None or second is None:
        # Without any lane there is nothing to be quick about.
        assert not without.problem.lanes.eligible.any()
    else:
        assert first.values == second.values
        assert first.cost_minor == second.cost_minor


def test_one_room_serves_all_orders_of_locations_without_limits():
    free = shop()
    first = build_sourcing(order([line(1, "cup")]), free, stock(cup={"reno": 1}), Policy())
    second = build_sourcing(order([line(1, "pot")]), free, stock(pot={"reno": 1}), Policy())
    assert first.room is second.room
    limited = network([item("cup")], [location("reno", capacity=DailyCapacity(units=1))])
    third = build_sourcing(order([line(1, "cup")]), limited, stock(cup={"reno": 1}), Policy())
    assert third.room.units.tolist() == [1]
