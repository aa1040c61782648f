"""When something leaves a location without a carrier: for collection or by transfer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from routing.ids import CarrierCode, ServiceCode
from routing.promise.schedules import LocationSchedules
from routing.promise.ship_date import ShipDate

_NO_CARRIER: Final = CarrierCode("")
_NO_SERVICE: Final = ServiceCode("")


def departure(
    schedules: LocationSchedules, location: int, placed_time: datetime, processing_days: int
) -> ShipDate | None:
    """Return the day on which it is ready, by the location's calendar and general cutoff.

    Parameters
    ----------
    location
        Index into the network's locations.
    placed_time
        Aware.
    processing_days
        Working days on top of the calendar's.
    """
    at = int(schedules.index[location])
    today = placed_time.astimezone(schedules.distinct[at].zone).date()
    return schedules.ship_date(
        at, _NO_CARRIER, _NO_SERVICE, processing_days, placed_time.astimezone(UTC), today
    )
