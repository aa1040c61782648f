"""A provider behind a cache and a circuit breaker."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.live_rates.provider import LiveRate, LiveRateError, RateProvider, RateQuestion
from allocation.outside.breaker import CircuitBreaker
from allocation.outside.cache import AnswerCache


@dataclass(frozen=True, slots=True)
class GuardedRates:
    """Asks a provider only what it has not said lately, and not while it keeps failing."""

    provider: RateProvider
    cache: AnswerCache[RateQuestion, tuple[LiveRate, ...]]
    breaker: CircuitBreaker

    @property
    def name(self) -> str:
        """Of the provider."""
        return self.provider.name

    def rates(self, question: RateQuestion, timeout_s: float) -> tuple[LiveRate, ...]:
        """Return today's prices, or those of a while ago; see `RateProvider`."""
        kept = self.cache.get(question)
        if kept is not None:
            return kept
        if not self.breaker.may_try():
            raise LiveRateError("it failed again and again, and is not asked for a while")
        with self.breaker.attempt():
            found = self.provider.rates(question, timeout_s)
        self.cache.put(question, found)
        return found
