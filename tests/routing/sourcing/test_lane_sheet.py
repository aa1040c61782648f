from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.geo.coordinates import Coordinates
from routing.geo.postal import load_postal_index
from routing.item import InventoryItem
from routing.network import Network
from routing.order import Destination, Order, ServiceLevel
from routing.promise.calendar import WorkingCalendar
from routing.promise.local_time import time_of_day_s
from routing.promise.working_hours import Cutoff, WorkingHours
from routing.sourcing import lane_sheet as module
from routing.sourcing.lane_sheet import lane_sheet
from routing.sourcing.lanes import LaneFacts, make_lanes
from routing.sourcing.rate_area import rate_area, zone_place
from tests.networks import NOW, line, location, network, order

ALL_WEEK = tuple(WorkingHours(weekday) for weekday in range(7))
NEXT_TO_NEVER = WorkingCalendar(
    tuple(WorkingHours(weekday) for weekday in range(1)),
    # Every Monday of the search but the very last ones is closed.
    closed_dates=frozenset(date(2026, 11, 16) + timedelta(weeks=week) for week in range(106)),
)
CALENDARS = {
    "reno": WorkingCalendar(cutoffs=(Cutoff(time_of_day_s(15)),)),
    "dallas": WorkingCalendar(ALL_WEEK, cutoffs=(Cutoff(time_of_day_s(11, 30)),)),
    "newark": WorkingCalendar(processing_days=2),
    "atlanta": NEXT_TO_NEVER,
}
ZIPS = ("10001", "10044", "94105", "75001", "99501", "96801", "00601", "09012", "33109", "20505")


@cache
def base() -> Network:
    places = [location(name, calendar=calendar) for name, calendar in CALENDARS.items()]
    return network([InventoryItem("cup")], places)  # type: ignore[arg-type]


def fresh() -> Network:
    """The network with nothing remembered."""
    return base().with_locations(base().locations)


def asked(zip_code: str, placed: datetime, **changes: object) -> Order:
    return order([line(1, "cup")], zip_code, placed_time=placed, **changes)


def same(one: LaneFacts, other: LaneFacts) -> bool:
    named = (one.cards, one.tariffs) == (other.cards, other.tariffs)
    return named and all(map(np.array_equal, one.arrays(), other.arrays()))


MINUTES = st.integers(0, 6 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
LEVELS = st.sampled_from([ServiceLevel.STANDARD, ServiceLevel.EXPRESS])


@given(
    st.lists(
        st.tuples(st.sampled_from(ZIPS), MINUTES, st.booleans(), LEVELS, st.integers(0, 1)),
        min_size=2,
        max_size=8,
    )
)
def test_a_sheet_is_what_is_worked_out_without_memory(orders):
    remembering = fresh()
    for zip_code, placed, residential, level, processing in orders:
        plain = asked(zip_code, placed, service_level=level)
        one = replace(plain, destination=replace(plain.destination, residential=residential))
        expected, _ = make_lanes(one, fresh(), processing)
        assert same(lane_sheet(one, remembering, processing), expected)


def around(moment: datetime) -> list[datetime]:
    step = timedelta(microseconds=1)
    return [moment - step, moment, moment + step, moment + timedelta(seconds=1)]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 20, 23, 0, tzinfo=UTC),  # 15:00 in Reno
        datetime(2026, 11, 20, 17, 30, tzinfo=UTC),  # 11:30 in Dallas
        datetime(2026, 11, 21, 0, 0, tzinfo=UTC),  # midnight in UTC
        datetime(2026, 11, 21, 5, 0, tzinfo=UTC),  # midnight in Newark and Atlanta
    ],
)
def test_a_sheet_ends_with_the_cutoff_it_was_made_for(moment: datetime):
    remembering = fresh()
    lane_sheet(asked("10001", moment - timedelta(minutes=10)), remembering, 0)
    for placed in around(moment):
        one = asked("10001", placed)
        expected, _ = make_lanes(one, fresh(), 0)
        assert same(lane_sheet(one, remembering, 0), expected)


def test_a_location_that_comes_to_ship_again_is_seen_the_day_it_does():
    ships = [
        make_lanes(asked("10001", NOW + timedelta(days=day)), base(), 0)[0].location
        for day in range(12)
    ]
    atlanta = base().location_index["atlanta"]  # type: ignore[index]
    counts = [int((location == atlanta).sum()) for location in ships]
    assert counts[0] == 0
    assert counts[-1] > 0


def test_orders_of_one_area_before_one_cutoff_share_a_sheet(monkeypatch):
    made = []

    def counted(*arguments):
        made.append(arguments)
        return make_lanes(*arguments)

    monkeypatch.setattr(module, "make_lanes", counted)
    remembering = fresh()
    for number, zip_code in enumerate(["10001", "10002", "10003-1234", "10044"]):
        lane_sheet(asked(zip_code, NOW + timedelta(seconds=number)), remembering, 0)
    assert len(made) == 1
    lane_sheet(asked("94105", NOW), remembering, 0)
    lane_sheet(asked("10001", NOW), remembering, 1)
    assert len(made) == 3


def test_a_sheet_cannot_be_written_to():
    for array in lane_sheet(asked("10001", NOW), fresh(), 0).arrays():
        assert not array.flags.writeable


def test_other_locations_forget_and_other_items_do_not():
    remembering = fresh()
    before = lane_sheet(asked("10001", NOW), remembering, 0)
    more_items = remembering.with_items([InventoryItem("pot")])  # type: ignore[arg-type]
    assert lane_sheet(asked("10001", NOW), more_items, 0) is before
    fewer = remembering.with_locations(remembering.locations[1:])
    assert set(lane_sheet(asked("10001", NOW), fewer, 0).location) <= {0, 1, 2}


DESTINATIONS = st.builds(
    Destination,
    st.sampled_from(["US", "PR", "CA", None]),
    st.one_of(st.sampled_from(ZIPS), st.none(), st.from_regex(r"\A1000[0-9]\Z")),
    st.one_of(
        st.none(),
        st.builds(Coordinates, st.floats(24, 50), st.floats(-125, -66)),
    ),
)


@given(DESTINATIONS, DESTINATIONS)
def test_equal_areas_are_in_equal_zones_from_everywhere(one: Destination, other: Destination):
    net = base()
    if rate_area(net, one) == rate_area(net, other):
        for resolver in net.zone_resolvers.values():
            zones = resolver.zones(net.origins, zone_place(one))
            assert np.array_equal(zones, resolver.zones(net.origins, zone_place(other)))


def test_addresses_of_one_zip_area_share_a_key_whatever_their_coordinates():
    place = load_postal_index().lookup("US", "10001")
    assert place is not None
    keys = {
        rate_area(base(), Destination("US", "10001", place.coordinates)),
        rate_area(base(), Destination("US", "10044", Coordinates(40.7, -73.9))),
        rate_area(base(), Destination("US", "10001")),
    }
    assert len(keys) == 1
