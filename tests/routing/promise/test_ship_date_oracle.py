"""Ship dates against a slow simulation that only ever reads clocks, never sets them.

The implementation goes from local times to instants. The simulation goes the other way:
it walks through UTC in steps of a quarter of an hour, reads the wall clock at each, and
finds days, cutoffs and closing times on that tape. All generated times are multiples of a
quarter of an hour, as are all clock changes of the zones used, so the tape misses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.ids import CarrierCode, ServiceCode
from routing.promise.calendar import WorkingCalendar
from routing.promise.downtime import Downtime
from routing.promise.ship_date import SHIP_DATE_SEARCH_DAYS, ShipDate, ship_date
from routing.promise.working_hours import Cutoff, WorkingHours

TICK = timedelta(minutes=15)
TICK_S = 900
ONE_DAY = timedelta(days=1)
GROUND = (CarrierCode("UPS"), ServiceCode("Ground"))
AIR = (CarrierCode("UPS"), ServiceCode("Air"))

# Zones with a moved clock near each date: gaps at 02:00, at midnight, before midnight, of
# half an hour, at 02:45; none at all; and a whole day left out.
CLOCK_CHANGES = [
    ("America/New_York", date(2025, 3, 9)),
    ("America/New_York", date(2025, 11, 2)),
    ("America/Los_Angeles", date(2024, 2, 29)),
    ("America/St_Johns", date(2025, 3, 9)),
    ("America/Santiago", date(2024, 9, 8)),
    ("America/Santiago", date(2024, 4, 6)),
    ("America/Nuuk", date(2024, 3, 30)),
    ("America/Nuuk", date(2024, 10, 26)),
    ("America/Havana", date(2024, 11, 3)),
    ("Europe/Berlin", date(2024, 12, 31)),
    ("Africa/Cairo", date(2024, 4, 26)),
    ("Asia/Kathmandu", date(2025, 1, 1)),
    ("Australia/Lord_Howe", date(2024, 10, 6)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),
    ("Australia/Sydney", date(2025, 10, 5)),
    ("Pacific/Chatham", date(2024, 9, 29)),
    ("Pacific/Auckland", date(2025, 4, 6)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kiritimati", date(2024, 12, 31)),
    ("UTC", date(2025, 2, 28)),
]


@dataclass(frozen=True)
class Case:
    calendar: WorkingCalendar
    tz: str
    placed_time: datetime
    service: tuple[CarrierCode, ServiceCode]
    extra_processing_days: int
    downtimes: tuple[Downtime, ...]


@cache
def tape_of(tz: str, day: date) -> tuple[tuple[datetime, date, int], ...]:
    """Every quarter of an hour around a date: instant, local date, local time of day."""
    zone = ZoneInfo(tz)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    rows = []
    for step in range(-15 * 4, 64 * 4):
        instant = midnight + step * TICK
        local = instant.astimezone(zone)
        rows.append((instant, local.date(), local.hour * 3600 + local.minute * 60))
    return tuple(rows)


@cache
def moment(tz: str, day: date, time_s: int) -> datetime:
    """The first instant whose clock shows the time, or when an unmoved clock would have."""
    label = (day.toordinal() * 86_400) + time_s
    tape = [(instant, on.toordinal() * 86_400 + at) for instant, on, at in tape_of(tz, day)]
    for instant, shown in tape:
        if shown == label:
            return instant
    jump = next(i for i, (_, shown) in enumerate(tape) if shown > label)
    before, shown = tape[jump - 1]
    return before + timedelta(seconds=label - shown)


@cache
def exists(tz: str, day: date) -> bool:
    """Whether the clock shows the date at any full hour of UTC around it."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    hours = (midnight + timedelta(hours=hour) for hour in range(-15, 40))
    return any(hour.astimezone(ZoneInfo(tz)).date() == day for hour in hours)


def is_working(case: Case, day: date) -> bool:
    hours = [each for each in case.calendar.working_hours if each.weekday == day.weekday()]
    shut = case.calendar.closed_dates | case.calendar.holidays
    if not hours or day in shut or not exists(case.tz, day):
        return False
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    near = [
        downtime
        for downtime in case.downtimes
        if downtime.start_time < noon + 3 * ONE_DAY
        and downtime.start_time + downtime.duration > noon - 3 * ONE_DAY
    ]
    if not near:
        return True
    closing, cutoff = closing_of(case, day), cutoff_of(case, day)
    leaving = [closing - timedelta(microseconds=1)]
    while cutoff < closing:
        leaving.append(cutoff)
        cutoff += TICK
    return not any(
        downtime.start_time <= instant < downtime.start_time + downtime.duration
        for downtime in near
        for instant in leaving
    )


def closing_of(case: Case, day: date) -> datetime:
    closes_s = max(h.close_s for h in case.calendar.working_hours if h.weekday == day.weekday())
    return min(moment(case.tz, day, closes_s), moment(case.tz, day + ONE_DAY, 0))


def cutoff_of(case: Case, day: date) -> datetime:
    times = {(cutoff.carrier, cutoff.service): cutoff.time_s for cutoff in case.calendar.cutoffs}
    time_s = times.get(case.service, times.get((None, None), 86_400))
    return min(closing_of(case, day), moment(case.tz, day, time_s))


def simulate(case: Case) -> tuple[date, datetime] | None:
    today = case.placed_time.astimezone(ZoneInfo(case.tz)).date()
    ahead = case.calendar.processing_days + case.extra_processing_days
    working: list[date] = []
    for offset in range(SHIP_DATE_SEARCH_DAYS + 1):
        day = today + offset * ONE_DAY
        if not is_working(case, day):
            continue
        if day == today and case.placed_time > cutoff_of(case, day):
            continue
        working.append(day)
        comes = case.calendar.pickup_weekdays or frozenset(range(7))
        if len(working) > ahead and day.weekday() in comes:
            return day, cutoff_of(case, working[0])
    return None


quarters = st.integers(0, 96).map(lambda quarter: quarter * TICK_S)
few_quarters = st.sampled_from([0, 1, 8, 9, 10, 11, 12, 13, 56, 92, 94, 95, 96]).map(
    lambda quarter: quarter * TICK_S
)
times_of_day = quarters | few_quarters


@st.composite
def hours_of(draw: st.DrawFn, weekday: int) -> list[WorkingHours]:
    ends = sorted(draw(st.sets(times_of_day, min_size=2, max_size=4)))
    return [
        WorkingHours(weekday, opens, closes)
        for opens, closes in zip(ends[::2], ends[1::2], strict=False)
    ]


@st.composite
def calendars(draw: st.DrawFn, around: date) -> WorkingCalendar:
    weekdays = draw(st.sets(st.integers(0, 6), min_size=1))
    hours = [stretch for weekday in sorted(weekdays) for stretch in draw(hours_of(weekday))]
    dates = st.sets(st.integers(-3, 25).map(lambda off: around + off * ONE_DAY), max_size=12)
    pickups = draw(st.just(set[int]()) | st.sets(st.integers(0, 6)))
    cutoffs = [
        Cutoff(draw(times_of_day), *key)
        for key in draw(st.sets(st.sampled_from([(None, None), GROUND])))
    ]
    return WorkingCalendar(
        working_hours=tuple(hours),
        cutoffs=tuple(cutoffs),
        processing_days=draw(st.integers(0, 4) | st.integers(0, 12)),
        holidays=frozenset(draw(dates)),
        closed_dates=frozenset(draw(dates)),
        pickup_weekdays=frozenset(pickups if pickups & weekdays else ()),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    tz, around = draw(st.sampled_from(CLOCK_CHANGES))
    calendar = draw(calendars(around))
    midnight = datetime(around.year, around.month, around.day, tzinfo=UTC)
    downtimes = draw(
        st.lists(
            st.builds(
                lambda start, length: Downtime(midnight + start * TICK, length * TICK),
                st.integers(-400, 1500),
                st.integers(1, 8) | st.integers(1, 1000),
            ),
            max_size=3,
        )
    )
    any_time = st.integers(-3 * 86_400_000, 3 * 86_400_000).map(
        lambda ms: midnight + timedelta(milliseconds=ms)
    )
    case = Case(
        calendar,
        tz,
        draw(any_time),
        draw(st.sampled_from([GROUND, AIR])),
        draw(st.integers(0, 3)),
        tuple(downtimes),
    )
    if not draw(st.booleans()):
        return case
    # An order within a second of a cutoff tells before from after.
    open_days = [day for off in range(-2, 3) if is_working(case, day := around + off * ONE_DAY)]
    if not open_days:
        return case
    near = cutoff_of(case, draw(st.sampled_from(open_days)))
    at = near + timedelta(microseconds=draw(st.sampled_from([-1_000_000, -1, 0, 1, 1_000_000])))
    return Case(case.calendar, tz, at, case.service, case.extra_processing_days, case.downtimes)


def agrees(case: Case) -> None:
    found = ship_date(
        case.calendar,
        case.tz,
        case.placed_time,
        *case.service,
        case.extra_processing_days,
        case.downtimes,
    )
    assert (found and (found.date, found.cutoff_time)) == simulate(case)


@given(cases())
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ship_dates_agree_with_a_clock_reading_simulation(case: Case) -> None:
    agrees(case)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@given(cases())
@settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ten_thousand_ship_dates_agree_with_a_clock_reading_simulation(case: Case) -> None:
    agrees(case)


def _part(whole: timedelta, share: float) -> timedelta:
    """Return some of `whole`, never all of it: timedelta rounds 0.999 microseconds to one."""
    return timedelta(microseconds=int(whole / timedelta(microseconds=1) * share * 0.999))


@given(cases(), st.floats(0, 1))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_order_up_to_the_cutoff_time_leaves_on_the_same_date(
    case: Case, share: float
) -> None:
    def leaves(placed_time: datetime) -> ShipDate | None:
        return ship_date(
            case.calendar,
            case.tz,
            placed_time,
            *case.service,
            case.extra_processing_days,
            case.downtimes,
        )

    found = leaves(case.placed_time)
    if found is None:
        return
    left = found.cutoff_time - case.placed_time
    assert left >= timedelta(0)
    assert left == timedelta(0) or leaves(case.placed_time + _part(left, share)) == found
    # The midnight that ends a day belongs to the next date.
    last, cutoff = (
        each.astimezone(ZoneInfo(case.tz)).date()
        for each in (found.cutoff_time - timedelta(microseconds=1), found.cutoff_time)
    )
    if last == cutoff:
        assert leaves(found.cutoff_time) == found
