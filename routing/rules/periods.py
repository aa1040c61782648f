"""Periods for which a volume is counted."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Final, Literal

from routing.daily_capacity import PeriodMeasure

Period = Literal["day", "week", "month"]

_SUNDAY: Final = 6


def last_day(period: Period, day: date) -> date:
    """Return the last day of the period that a day falls into; weeks end on Sunday."""
    if period == "day":
        return day
    if period == "week":
        return day + timedelta(days=_SUNDAY - day.weekday())
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def measure_of(period: Period, of: Literal["orders", "units"]) -> PeriodMeasure:
    """Return what is counted of something in periods."""
    return PeriodMeasure(f"{period}-{of}")
