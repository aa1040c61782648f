"""Stock locations."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from google.protobuf import text_format

from allocation.server.codec.findings import Findings
from allocation.server.codec.location import decode_location
from routing.ids import CarrierCode, ServiceCode
from routing.location import CarrierService, HandlingCost, LocationState, StockLocation
from routing.order import ServiceLevel
from routing.promise.downtime import Downtime
from routing.promise.working_hours import Cutoff, WorkingHours
from routing.v1 import location_pb2


def decode(text: str) -> tuple[StockLocation | None, Findings]:
    findings = Findings()
    message = text_format.Parse(text, location_pb2.StockLocation())
    return decode_location(message, "locations[0]", findings), findings


def test_coordinates_time_zone_and_region_come_from_the_postal_code() -> None:
    location, findings = decode('id: "a" address { region_code: "us" postal_code: "89502" }')
    assert location is not None
    assert location.country == "US"
    assert location.tz == "America/Los_Angeles"
    assert location.region == "NV"
    assert location.coordinates is not None
    assert abs(location.coordinates.lat_deg - 39.5) < 0.5
    assert abs(location.coordinates.lng_deg + 119.8) < 0.5
    assert location.name == "a"
    assert not findings.all_warnings()


def test_given_coordinates_and_time_zone_win_over_the_postal_code() -> None:
    location, _ = decode(
        'id: "a" address { region_code: "US" postal_code: "89502" } tz: "America/Chicago" '
        "coordinates { latitude: 1 longitude: 2 }"
    )
    assert location is not None
    assert location.tz == "America/Chicago"
    assert location.coordinates is not None
    assert location.coordinates.lat_deg == 1


def test_a_place_that_is_unknown_is_accepted_and_reported() -> None:
    location, findings = decode('id: "a" address { region_code: "US" postal_code: "09012" }')
    assert location is not None
    assert location.coordinates is None
    assert location.tz == "UTC"
    assert any("unknown coordinates" in each for each in findings.all_warnings())
    assert any("time zone" in each for each in findings.all_warnings())


def test_the_rest_of_a_location_is_read() -> None:
    location, findings = decode("""
        id: "a" name: "Dallas" state: LOCATION_STATE_PAUSED rank: -3 pickup: true
        coordinates { latitude: 32 longitude: -96 } tz: "America/Chicago"
        carrier_services {
          carrier: "USPS" service: "Ground Advantage" service_level: SERVICE_LEVEL_EXPRESS
        }
        handling_cost { per_parcel { currency_code: "EUR" nanos: 250000000 } }
        daily_capacity { orders: 0 units: 7 }
        downtimes { start_time { seconds: 1790000000 } duration { seconds: 3600 } }
        working_calendar {
          working_hours { day: SATURDAY open_time { hours: 8 } close_time { hours: 24 } }
          cutoffs { time { hours: 14 minutes: 30 } }
          cutoffs { time { hours: 12 } carrier_service { carrier: "USPS" service: "Media" } }
          closed_dates { year: 2026 month: 12 day: 24 }
          pickup_days: SATURDAY processing_days: 2
        }
    """)
    assert not findings.violations
    assert location is not None
    assert location.state is LocationState.PAUSED
    assert location.rank == -3
    assert location.currency == "EUR"
    assert location.handling == HandlingCost(per_parcel_minor=25)
    assert (location.capacity.orders, location.capacity.lines, location.capacity.units) == (
        0,
        None,
        7,
    )
    assert location.carrier_services == (
        CarrierService(CarrierCode("usps"), ServiceCode("ground-advantage"), ServiceLevel.EXPRESS),
    )
    assert location.downtimes == (
        Downtime(datetime.fromtimestamp(1_790_000_000, UTC), timedelta(hours=1)),
    )
    calendar = location.calendar
    assert calendar.working_hours == (WorkingHours(5, 8 * 3600, 86_400),)
    assert calendar.cutoffs == (
        Cutoff(52_200),
        Cutoff(43_200, CarrierCode("usps"), ServiceCode("media")),
    )
    assert calendar.closed_dates == {date(2026, 12, 24)}
    assert calendar.pickup_weekdays == {5}
    assert calendar.processing_days == 2


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("coordinates { latitude: nan longitude: 1 }", ["id", "coordinates.latitude"]),
        (
            'id: "a" coordinates { latitude: 90.1 longitude: inf }',
            ["coordinates.latitude", "coordinates.longitude"],
        ),
        ('id: "a" address { region_code: "USA" }', ["address.region_code"]),
        ('id: "a" tz: "Mars/Olympus"', ["tz"]),
        ('id: "a" tz: "../../etc/passwd"', ["tz"]),
        ('id: "a" kind: 77 state: 77', ["kind", "state"]),
        ('id: "a" daily_capacity { lines: -1 }', ["daily_capacity.lines"]),
        (
            'id: "a" currency: "USD" handling_cost { per_line { currency_code: "EUR" units: 1 } }',
            ["handling_cost.per_line.currency_code"],
        ),
        (
            'id: "a" handling_cost { per_line { currency_code: "EUR" units: -1 } }',
            ["handling_cost.per_line"],
        ),
        (
            'id: "a" carrier_services { service: "X" } carrier_services { carrier: "!!" }',
            [
                "carrier_services[0].carrier",
                "carrier_services[1].carrier",
                "carrier_services[1].service",
            ],
        ),
        ('id: "a" downtimes { }', ["downtimes[0].start_time", "downtimes[0].duration"]),
        (
            (
                'id: "a" downtimes { start_time { seconds: 1790000000 } '
                "duration { seconds: 31622401 } }"
            ),
            ["downtimes[0].duration"],
        ),
        ('id: "a" working_calendar { processing_days: 61 }', ["working_calendar.processing_days"]),
        (
            'id: "a" working_calendar { working_hours { } cutoffs { } }',
            ["working_calendar.working_hours[0].day", "working_calendar.cutoffs[0].time"],
        ),
        (
            (
                'id: "a" working_calendar { working_hours { day: MONDAY open_time { hours: 9 } '
                "close_time { hours: 9 } } }"
            ),
            ["working_calendar.working_hours[0].close_time"],
        ),
        (
            'id: "a" working_calendar { pickup_days: SUNDAY }',
            ["working_calendar.pickup_days"],
        ),
    ],
)
def test_every_problem_is_named_by_its_field(text: str, paths: list[str]) -> None:
    location, findings = decode(text)
    assert location is None
    assert [each.path for each in findings.violations] == [f"locations[0].{path}" for path in paths]


def test_a_calendar_observes_the_public_holidays_of_the_country_it_names() -> None:
    location, findings = decode(
        'id: "a" coordinates { latitude: 1 } tz: "UTC" working_calendar { '
        'holiday_country: "us" holiday_subdivision: "CA" }'
    )
    assert location is not None
    assert findings.all_warnings() == ()
    assert not location.calendar.is_open(date(2026, 11, 26))


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ('holiday_country: "ZZ"', "holiday_country"),
        ('holiday_country: "US" holiday_subdivision: "BY"', "holiday_subdivision"),
    ],
)
def test_a_place_without_known_holidays_is_refused(names: str, field: str) -> None:
    location, findings = decode(f'id: "a" working_calendar {{ {names} }}')
    assert location is None
    assert [each.path for each in findings.violations] == [f"locations[0].working_calendar.{field}"]
