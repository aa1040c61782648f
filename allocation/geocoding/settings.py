"""Whether, where and how patiently a geocoder is asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allocation.geocoding.pace import Pace
from allocation.outside.addresses import is_safe
from allocation.outside.breaker import CircuitBreaker
from allocation.outside.cache import AnswerCache
from routing.errors import Violation, out_of_range, raise_if_any

if TYPE_CHECKING:
    from allocation.geocoding.guarded import GuardedGeocoder


@dataclass(frozen=True, slots=True)
class GeocodingSettings:
    """A geocoder for postal codes that the offline index does not know.

    Attributes
    ----------
    url
        Of a server that answers like Nominatim: ``https://nominatim.example.com``; empty:
        nobody is asked.
    wait_s
        Most seconds that a call waits for it; an answer that comes later is there for the next.
    timeout_s
        Most seconds that one request to it may take.
    per_s
        Most requests a second to it, from one server process.
    ttl_s
        Seconds for which an answer is used again; also that there is no such place.
    cached
        Answers that are kept.
    failures
        In a row, until it is not asked for a while.
    pause_s
        Seconds that this lasts before one more try.

    Raises
    ------
    routing.errors.InvalidInputError
        With every setting out of range.
    """

    url: str = ""
    wait_s: float = 0.3
    timeout_s: float = 5.0
    per_s: float = 1.0
    ttl_s: float = 2_592_000.0
    cached: int = 100_000
    failures: int = 5
    pause_s: float = 60.0

    def __post_init__(self) -> None:
        problems = out_of_range(
            (
                ("wait_s", self.wait_s, 0, 10),
                ("timeout_s", self.timeout_s, 0.01, 60),
                ("per_s", self.per_s, 0.001, 1_000),
                ("ttl_s", self.ttl_s, 0, 31_536_000),
                ("cached", self.cached, 1, 10_000_000),
                ("failures", self.failures, 1, 1_000),
                ("pause_s", self.pause_s, 0.1, 86_400),
            )
        )
        if self.url and not is_safe(self.url):
            message = "has to be an https address without user, query and fragment"
            problems.append(Violation("url", message))
        raise_if_any(problems)


def open_geocoder(
    settings: GeocodingSettings, clock: Callable[[], float]
) -> GuardedGeocoder | None:
    """Return the geocoder that the settings name; ``None`` if they name none."""
    if not settings.url:
        return None
    # Few servers ask one, and all read these settings.
    from allocation.geocoding.guarded import GuardedGeocoder  # noqa: PLC0415
    from allocation.geocoding.nominatim import NominatimGeocoder  # noqa: PLC0415

    return GuardedGeocoder(
        NominatimGeocoder(settings.url.rstrip("/")),
        AnswerCache(settings.ttl_s, settings.cached, clock),
        CircuitBreaker(settings.failures, settings.pause_s, clock),
        Pace(settings.per_s, clock),
        settings.timeout_s,
        time.sleep,
    )
