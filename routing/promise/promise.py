"""Promises of many lanes at once: ship date, delivery date range and cutoff of each.

A lane is one location and one carrier service. Thousands of lanes share few
combinations of schedule, service and extra processing days: each of those is worked out
once, and the rest is array work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import raise_if_any
from routing.ids import CarrierCode, ServiceCode
from routing.promise.delivery import MONDAY_TO_FRIDAY, delivery_days
from routing.promise.delivery_days import DeliveryDays
from routing.promise.lane_checks import IntArray, LaneArrays, check_lanes
from routing.promise.schedules import LocationSchedules
from routing.promise.ship_date import order_problems
from routing.rating.transit import UNKNOWN_TRANSIT_DAYS

NEVER: Final = np.iinfo(np.int32).max
"""Ordinal of a date that does not come; later than every date."""
NEVER_S: Final = np.iinfo(np.int64).max
"""Unix time of a cutoff that does not come."""

_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_NO_SHIP_DATE: Final = (NEVER, NEVER_S)


@dataclass(frozen=True, slots=True)
class LaneService:
    """A carrier service as lanes use it; `delivers` as for `delivery_range`."""

    carrier: CarrierCode
    service: ServiceCode
    delivers: DeliveryDays = MONDAY_TO_FRIDAY


@dataclass(frozen=True, slots=True, eq=False)
class LanePromises:
    """What can be promised, lane by lane.

    Attributes
    ----------
    ship, earliest, latest
        int32 ``[lane]``: `datetime.date.toordinal` of the ship date (local to the
        location), and of the earliest and latest delivery date. `NEVER` in all three for
        a lane that never ships; in the last two for one whose transit is unknown.
    cutoff_s
        int64 ``[lane]``: Unix time in seconds of the cutoff that the order counts for;
        `NEVER_S` for a lane that never ships.
    """

    ship: NDArray[np.int32]
    earliest: NDArray[np.int32]
    latest: NDArray[np.int32]
    cutoff_s: NDArray[np.int64]


def promise_lanes(
    schedules: LocationSchedules,
    services: Sequence[LaneService],
    lane_location: IntArray,
    lane_service: IntArray,
    transit_min_days: IntArray,
    transit_max_days: IntArray,
    placed_time: datetime,
    extra_processing_days: IntArray | int = 0,
) -> LanePromises:
    """Return what each lane can promise for an order placed at `placed_time`.

    Equal, lane by lane, to `ship_date` followed by `delivery_range`.

    Parameters
    ----------
    schedules
        One per location.
    services
        The carrier services that `lane_service` numbers.
    lane_location, lane_service
        ``[lane]``: position of the lane's location in `schedules`, of its service in
        `services`.
    transit_min_days, transit_max_days
        ``[lane]``: business days in transit, a range within 0 to 366, or
        `UNKNOWN_TRANSIT_DAYS` in both.
    placed_time
        Aware datetime.
    extra_processing_days
        Working days on top of each calendar's, 0 to 366: ``[lane]`` or one for all.

    Raises
    ------
    routing.errors.InvalidInputError
        With every argument of another shape or, lane by lane, out of range.
    """
    extra = np.asarray(extra_processing_days, dtype=np.int64)
    check_lanes(
        len(schedules.index),
        len(services),
        LaneArrays(lane_location, lane_service, transit_min_days, transit_max_days, extra),
        placed_time,
    )
    now = np.zeros(lane_location.size, dtype=np.int64)
    lanes = LaneArrays(lane_location, lane_service, transit_min_days, transit_max_days, extra)
    return _promises(schedules, services, lanes, [placed_time], now)


def promise_lanes_of_starts(
    schedules: LocationSchedules,
    services: Sequence[LaneService],
    lanes: LaneArrays,
    starts: Sequence[datetime],
    lane_start: IntArray,
) -> LanePromises:
    """Return what `promise_lanes` does for orders placed at several times, in one go.

    Parameters
    ----------
    starts
        Aware datetimes, at least one.
    lane_start
        ``[lane]``: position in `starts` of when each lane's order is placed.

    Raises
    ------
    routing.errors.InvalidInputError
        As `promise_lanes` does.
    """
    raise_if_any([problem for start in starts for problem in order_problems(start)])
    check_lanes(len(schedules.index), len(services), lanes, starts[0])
    return _promises(schedules, services, lanes, starts, lane_start)


def _promises(
    schedules: LocationSchedules,
    services: Sequence[LaneService],
    lanes: LaneArrays,
    starts: Sequence[datetime],
    lane_start: IntArray,
) -> LanePromises:
    ship, cutoff_s = _ship_dates(schedules, services, lanes, starts, lane_start)
    transit_days = np.stack((lanes.transit_min_days, lanes.transit_max_days))
    earliest, latest = _delivery_dates(ship, transit_days, services, lanes.lane_service)
    return LanePromises(ship, earliest, latest, cutoff_s)


def _ship_dates(
    schedules: LocationSchedules,
    services: Sequence[LaneService],
    lanes: LaneArrays,
    starts: Sequence[datetime],
    lane_start: IntArray,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return ordinal and cutoff of each lane, asking once per distinct combination."""
    extra = lanes.extra_processing_days
    most_extra = int(extra.max(initial=0)) + 1
    place = lane_start * len(schedules.distinct) + schedules.index[lanes.lane_location]
    combination = (place * len(services) + lanes.lane_service) * most_extra + extra
    distinct, lane_combination = np.unique(combination, return_inverse=True)
    placed = [start.astimezone(UTC) for start in starts]
    zones = {schedule.zone for schedule in schedules.distinct}
    today = [{zone: time.astimezone(zone).date() for zone in zones} for time in placed]
    ship = np.empty(len(distinct), dtype=np.int32)
    cutoff_s = np.empty(len(distinct), dtype=np.int64)
    for row, code in enumerate(distinct.tolist()):
        pair, extra_days = divmod(code, most_extra)
        pair, service_number = divmod(pair, len(services))
        start, at = divmod(pair, len(schedules.distinct))
        service = services[service_number]
        leaves = schedules.ship_date(
            at,
            service.carrier,
            service.service,
            extra_days,
            placed[start],
            today[start][schedules.distinct[at].zone],
        )
        ship[row], cutoff_s[row] = (
            _NO_SHIP_DATE
            if leaves is None
            else (leaves.date.toordinal(), int(leaves.cutoff_time.timestamp()))
        )
    return ship[lane_combination], cutoff_s[lane_combination]


def _delivery_dates(
    ship: NDArray[np.int32],
    transit_days: IntArray,
    services: Sequence[LaneService],
    lane_service: IntArray,
) -> NDArray[np.int32]:
    """Return ordinals ``[least or most, lane]`` for ``transit_days`` of that shape."""
    arrives = np.full(transit_days.shape, NEVER, dtype=np.int32)
    delivered = (ship != NEVER) & (transit_days[0] != UNKNOWN_TRANSIT_DAYS)
    distinct = dict.fromkeys(service.delivers for service in services)
    kinds = {delivers: number for number, delivers in enumerate(distinct)}
    kind = np.array([kinds[service.delivers] for service in services], dtype=np.int64)
    for delivers, number in kinds.items():
        lanes = np.flatnonzero(delivered & (kind[lane_service] == number))
        if not len(lanes):
            continue
        arrived = delivery_days(
            (ship[lanes] - _EPOCH_ORDINAL).astype("datetime64[D]"), transit_days[:, lanes], delivers
        )
        arrives[:, lanes] = arrived.astype(np.int64) + _EPOCH_ORDINAL
    return arrives
