"""Delivery ranges: from a ship date and business days in transit to dates."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation, raise_if_any
from routing.promise.delivery_days import DeliveryDays

MOST_TRANSIT_DAYS: Final = 366

MONDAY_TO_FRIDAY: Final = DeliveryDays()

_YEARS_AHEAD: Final = 2
"""Years after the ship date within which anything arrives."""


def delivery_range(
    ship_date: date,
    transit_min_days: int,
    transit_max_days: int,
    delivers: DeliveryDays = MONDAY_TO_FRIDAY,
) -> tuple[date, date]:
    """Return the earliest and the latest delivery date.

    Transit of n days ends on the n-th delivery day after the ship date; of 0 days, on the
    ship date itself if that is a delivery day, else on the next one.

    Parameters
    ----------
    ship_date
        Any day of the week.
    transit_min_days, transit_max_days
        Business days in transit, ``0 <= transit_min_days <= transit_max_days <= 366``.
    delivers
        On which days the carrier delivers.

    Raises
    ------
    routing.errors.InvalidInputError
        If the transit days are not such a range.
    """
    problems: list[Violation] = []
    if not 0 <= transit_min_days <= transit_max_days <= MOST_TRANSIT_DAYS:
        message = f"{transit_min_days} to {transit_max_days} is not a range within 0 to 366"
        problems.append(Violation("transit_days", message))
    raise_if_any(problems)
    shipped = np.array(ship_date, dtype="datetime64[D]")
    transit = np.array([transit_min_days, transit_max_days])
    earliest, latest = delivery_days(shipped, transit, delivers).tolist()
    return earliest, latest


def delivery_days(
    shipped: NDArray[np.datetime64],
    transit_days: NDArray[np.integer[Any]],
    delivers: DeliveryDays,
) -> NDArray[np.datetime64]:
    """Return the delivery date of every pair of ship date and transit.

    Parameters
    ----------
    shipped
        datetime64[D] ``[...]``.
    transit_days
        Business days, 0 to 366, of a shape that `shipped` broadcasts to; not checked.
    delivers
        As for `delivery_range`.

    Returns
    -------
    NDArray[np.datetime64]
        datetime64[D], of the shape of `transit_days`.
    """
    if not transit_days.size:
        return np.empty(transit_days.shape, dtype="datetime64[D]")
    first, last = shipped.min().astype(date).year, shipped.max().astype(date).year
    # The first delivery day on or after a date is the first one after the day before it.
    at_once = transit_days == 0
    delivered: NDArray[np.datetime64] = np.busday_offset(
        shipped - at_once.astype("timedelta64[D]"),
        transit_days + at_once,
        roll="backward",
        busdaycal=delivers.calendar(first - 1, last + _YEARS_AHEAD),
    )
    return delivered
