"""A geocoder behind a cache, a pace and a circuit breaker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from allocation.geocoding.geocoder import Geocoder, GeocodingError, Located, PostalQuestion
from allocation.geocoding.pace import Pace
from allocation.outside.breaker import CircuitBreaker
from allocation.outside.cache import AnswerCache


@dataclass(frozen=True, slots=True)
class GuardedGeocoder:
    """Asks only what is not known, no more often than agreed, and not while it keeps failing.

    Attributes
    ----------
    timeout_s
        Most seconds that waiting for a turn may take, and asking may.
    sleep
        Waits for so many seconds.
    """

    geocoder: Geocoder
    cache: AnswerCache[PostalQuestion, Located]
    breaker: CircuitBreaker
    pace: Pace
    timeout_s: float
    sleep: Callable[[float], None]

    @property
    def name(self) -> str:
        """Of the geocoder."""
        return self.geocoder.name

    def known(self, question: PostalQuestion) -> Located | None:
        """Return what is known without asking; ``None``: nothing."""
        return self.cache.get(question)

    def locate(self, question: PostalQuestion) -> Located:
        """Return where a postal code is, and keep it. Takes up to twice `timeout_s`.

        Raises
        ------
        GeocodingError
            There is no answer; that is not kept.
        """
        known = self.known(question)
        if known is not None:
            return known
        # A turn first: a try that the breaker lets pass must be made.
        wait_s = self.pace.turn_in_s(self.timeout_s)
        if wait_s is None:
            raise GeocodingError("it is asked as often as was agreed already")
        self.sleep(wait_s)
        if not self.breaker.may_try():
            raise GeocodingError("it failed again and again, and is not asked for a while")
        with self.breaker.attempt():
            found = Located(self.geocoder.locate(question, self.timeout_s))
        self.cache.put(question, found)
        return found
