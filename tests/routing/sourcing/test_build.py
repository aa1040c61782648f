from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.ids import LocationId
from routing.item import BackorderPolicy, Dimensions
from routing.location import DailyCapacity, LocationState
from routing.order import Destination
from routing.sourcing.build import Sourcing, build_sourcing
from routing.sourcing.policy import Policy
from routing.sourcing.verdict import Verdict
from tests.networks import PLACES, item, kit, line, location, network, order, stock

EVERYWHERE = dict.fromkeys(PLACES, 5)


def verdicts(sourcing: Sourcing, number: int = 0) -> dict[str, Verdict]:
    """Verdict of each default location on a line."""
    names = sorted(PLACES)
    return {
        name: Verdict(int(sourcing.verdicts[number, place])) for place, name in enumerate(names)
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": LocationState.PAUSED}, Verdict.NOT_OPEN),
        ({"channels": frozenset({"shop"})}, Verdict.CHANNEL),
        ({"capacity": DailyCapacity(orders=0)}, Verdict.CAPACITY),
        ({"capacity": DailyCapacity(units=0)}, Verdict.CAPACITY),
    ],
)
def test_a_location_is_ruled_out_for_its_own_reason(changes, expected):
    places = [location(name, **(changes if name == "dallas" else {})) for name in PLACES]
    built = build_sourcing(
        order([line(1, "cup")]), network([item("cup")], places), stock(cup=EVERYWHERE), Policy()
    )
    found = verdicts(built)
    assert found["dallas"] is expected
    assert found["reno"] is Verdict.ELIGIBLE


def test_stock_decides_between_not_stocked_out_of_stock_and_short():
    levels = stock(cup={"reno": 0, "dallas": 1, "newark": 2})
    built = build_sourcing(order([line(1, "cup", 2)]), network([item("cup")]), levels, Policy())
    assert verdicts(built) == {
        "atlanta": Verdict.NOT_STOCKED,
        "reno": Verdict.OUT_OF_STOCK,
        "dallas": Verdict.SHORT,
        "newark": Verdict.ELIGIBLE,
    }


def test_a_short_location_is_eligible_where_lines_may_be_split():
    levels = stock(cup={"dallas": 1, "newark": 1})
    policy = Policy(line_split=True)
    built = build_sourcing(order([line(1, "cup", 2)]), network([item("cup")]), levels, policy)
    assert verdicts(built)["dallas"] is Verdict.ELIGIBLE


def test_requests_can_allow_and_exclude_for_the_order_and_for_a_line():
    lines = [
        line(1, "cup", excluded_location_ids=frozenset({LocationId("reno")})),
        line(2, "cup", allowed_location_ids=frozenset({LocationId("newark")})),
    ]
    policy = Policy(excluded_location_ids=frozenset({LocationId("dallas")}))
    built = build_sourcing(order(lines), network([item("cup")]), stock(cup=EVERYWHERE), policy)
    first, second = verdicts(built, 0), verdicts(built, 1)
    assert (first["reno"], first["dallas"]) == (Verdict.EXCLUDED, Verdict.EXCLUDED)
    assert (second["reno"], second["newark"]) == (Verdict.NOT_ALLOWED, Verdict.ELIGIBLE)


def test_what_no_carrier_takes_is_too_large_and_where_none_goes_has_no_rate():
    heavy = network([item("anvil", 200)])
    built = build_sourcing(order([line(1, "anvil")]), heavy, stock(anvil=EVERYWHERE), Policy())
    assert set(verdicts(built).values()) == {Verdict.TOO_LARGE}
    abroad = order([line(1, "cup")], destination=Destination("DE", "10115"))
    built = build_sourcing(abroad, network([item("cup")]), stock(cup=EVERYWHERE), Policy())
    assert set(verdicts(built).values()) == {Verdict.NO_RATE}


def test_a_long_thing_is_too_large_for_the_card_it_does_not_fit():
    ski = item("ski", dimensions=Dimensions(4_000_000, 100_000, 100_000))
    built = build_sourcing(order([line(1, "ski")]), network([ski]), stock(ski=EVERYWHERE), Policy())
    assert set(verdicts(built).values()) == {Verdict.TOO_LARGE}


def test_a_date_that_nobody_keeps_is_too_late_unless_lateness_has_a_price():
    asked = order([line(1, "cup")], deliver_by=date(2026, 11, 20))
    net, levels = network([item("cup")]), stock(cup=EVERYWHERE)
    built = build_sourcing(asked, net, levels, Policy())
    assert set(verdicts(built).values()) == {Verdict.TOO_LATE}
    priced = build_sourcing(asked, net, levels, Policy(late_day_minor=500))
    assert set(verdicts(priced).values()) == {Verdict.ELIGIBLE}
    assert (priced.problem.lanes.shipment_minor >= 100 + 500).all()


def test_unknown_coordinates_sort_last_and_are_reported():
    places = [location(name) for name in ("dallas", "newark")]
    lost = replace(location("reno"), coordinates=None)
    built = build_sourcing(
        order([line(1, "cup")]),
        network([item("cup")], [*places, lost]),
        stock(cup=EVERYWHERE),
        Policy(objectives=("closest",)),
    )
    assert built.distance_m.tolist().count(UNKNOWN_DISTANCE_M) == 1
    lost_place = built.problem.location_ids.index(LocationId("reno"))
    closest = built.problem.tiers[1].shipment
    assert closest is not None
    lanes = built.problem.lanes.location == lost_place
    assert closest[lanes].min() > closest[~lanes].max()
    assert any("unknown coordinates" in warning for warning in built.warnings)


def test_an_unknown_destination_is_reported_and_nothing_is_at_distance_zero():
    nowhere = order([line(1, "cup")], destination=Destination("US", "00000"))
    built = build_sourcing(nowhere, network([item("cup")]), stock(cup=EVERYWHERE), Policy())
    assert (built.distance_m == UNKNOWN_DISTANCE_M).all()
    assert any("destination coordinates are unknown" in each for each in built.warnings)


def test_the_sequence_of_lines_cannot_matter():
    net = network([item("cup"), item("pot", 3)])
    levels = stock(cup=EVERYWHERE, pot=EVERYWHERE)
    forth = [line(1, "cup", 2), line(2, "pot")]
    first = build_sourcing(order(forth), net, levels, Policy())
    second = build_sourcing(order(forth[::-1]), net, levels, Policy())
    assert first.problem.lines.ids == second.problem.lines.ids
    assert (first.problem.lines.use == second.problem.lines.use).all()


def test_lines_that_ignore_stock_do_not_eat_up_the_stock_of_others():
    ignoring = line(1, "cup", 9, backorder_policy=BackorderPolicy.IGNORE_STOCK)
    built = build_sourcing(
        order([ignoring, line(2, "cup", 5)]),
        network([item("cup")]),
        stock(cup={"reno": 5}),
        Policy(),
    )
    assert built.problem.available.shape[0] == 2
    assert verdicts(built, 0)["newark"] is Verdict.ELIGIBLE
    assert verdicts(built, 1)["newark"] is Verdict.NOT_STOCKED


def test_a_kit_whose_parts_fit_a_parcel_is_one_piece_and_else_one_per_part():
    light = network([item("cup"), item("pot", 2), kit("set", cup=4, pot=1)])
    levels = stock(cup=EVERYWHERE, pot=EVERYWHERE)
    built = build_sourcing(order([line(1, "set")]), light, levels, Policy())
    assert built.problem.pieces.weight_ug.size == 1
    bulky = network([item("cup"), item("pot", 100), kit("set", cup=4, pot=1)])
    built = build_sourcing(order([line(1, "set")]), bulky, levels, Policy())
    assert built.problem.pieces.weight_ug.size == 2
