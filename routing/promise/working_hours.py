"""The two local times that a working calendar is made of: hours and cutoffs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from routing.errors import Violation, raise_if_any
from routing.ids import CarrierCode, ServiceCode
from routing.promise.local_time import DAY_S

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """A stretch of one weekday in which a location works.

    Attributes
    ----------
    weekday
        0 (`MONDAY`) to 6 (`SUNDAY`), as `datetime.date.weekday` counts.
    open_s, close_s
        Local time of day in seconds, ``0 <= open_s < close_s <= DAY_S``. A shift past
        midnight is two stretches, one per weekday.

    Raises
    ------
    routing.errors.InvalidInputError
        With every value out of range.
    """

    weekday: int
    open_s: int = 0
    close_s: int = DAY_S

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))

    def _problems(self) -> Iterator[Violation]:
        if not 0 <= self.weekday <= SUNDAY:
            yield Violation("day", f"{self.weekday} is not a weekday from 0 (Monday) to 6 (Sunday)")
        if not 0 <= self.open_s < DAY_S:
            yield Violation("open_time", f"{self.open_s} s is outside 00:00 to 23:59:59")
        if not 0 < self.close_s <= DAY_S:
            yield Violation("close_time", f"{self.close_s} s is outside 00:00:01 to 24:00")
        elif self.open_s >= self.close_s:
            message = "is not after open_time; split a shift past midnight into two days"
            yield Violation("close_time", message)


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Last local time at which an order still counts for the same working day.

    Attributes
    ----------
    time_s
        Local time of day in seconds, 0 to `DAY_S`. An order at exactly this time is in;
        `DAY_S` lets in all of the day. It never outlasts the working day: the earlier of
        cutoff and close counts.
    carrier, service
        The carrier service it is for; both ``None``: every one without its own.

    Raises
    ------
    routing.errors.InvalidInputError
        With every value out of range, and if only one of `carrier` and `service` is given.
    """

    time_s: int
    carrier: CarrierCode | None = None
    service: ServiceCode | None = None

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))

    @property
    def is_default(self) -> bool:
        """Whether it is for every carrier service without its own."""
        return self.carrier is None

    def _problems(self) -> Iterator[Violation]:
        if not 0 <= self.time_s <= DAY_S:
            yield Violation("time", f"{self.time_s} s is outside 00:00 to 24:00")
        if bool(self.carrier) != bool(self.service):
            missing = "service" if self.carrier else "carrier"
            yield Violation(f"carrier_service.{missing}", "is missing; give both or neither")
        elif self.carrier == "" or self.service == "":
            yield Violation("carrier_service", "is empty; leave it out for the default cutoff")
