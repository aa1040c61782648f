"""A provider is asked once for the same thing, and left alone while it fails."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from allocation.live_rates.guarded import GuardedRates
from allocation.live_rates.provider import LiveRate, LiveRateError, Parcel, Place, RateQuestion
from allocation.outside.breaker import CircuitBreaker
from allocation.outside.cache import AnswerCache

HERE = Place("US", "89502")


def question(weight_ug: int = 1) -> RateQuestion:
    return RateQuestion(HERE, HERE, False, Parcel(weight_ug), "USD")


@dataclass
class Scripted:
    """A provider that fails as long as it is told to."""

    name: str = "scripted"
    fails: bool = False
    asked: list[RateQuestion] = field(default_factory=list)

    def rates(self, question: RateQuestion, timeout_s: float) -> tuple[LiveRate, ...]:
        self.asked.append(question)
        if self.fails:
            raise LiveRateError("it is broken")
        return (LiveRate("A", "b", len(self.asked)),)


@dataclass
class Clock:
    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def guarded(clock: Clock, ttl_s: float = 60, most: int = 2) -> tuple[Scripted, GuardedRates]:
    provider = Scripted()
    rates = GuardedRates(provider, AnswerCache(ttl_s, most, clock), CircuitBreaker(3, 10, clock))
    return provider, rates


def test_the_same_question_is_asked_again_only_when_its_answer_is_old(clock: Clock) -> None:
    provider, rates = guarded(clock)
    first = rates.rates(question(), 1)
    clock.now_s = 59.9
    assert rates.rates(question(), 1) == first
    assert len(provider.asked) == 1
    clock.now_s = 60
    assert rates.rates(question(), 1) != first


def test_without_a_time_to_live_every_question_is_asked(clock: Clock) -> None:
    provider, rates = guarded(clock, ttl_s=0)
    rates.rates(question(), 1)
    rates.rates(question(), 1)
    assert len(provider.asked) == 2


def test_the_answer_not_used_for_longest_makes_room(clock: Clock) -> None:
    provider, rates = guarded(clock)
    for weight_ug in (1, 2, 1, 3, 1, 2):
        rates.rates(question(weight_ug), 1)
    assert [each.parcel.weight_ug for each in provider.asked] == [1, 2, 3, 2]


def fail(rates: GuardedRates, times: int) -> list[str]:
    reasons = []
    for _ in range(times):
        with pytest.raises(LiveRateError) as caught:
            rates.rates(question(), 1)
        reasons.append(str(caught.value))
    return reasons


def test_after_failures_in_a_row_nobody_is_asked_until_one_try_after_the_pause(
    clock: Clock,
) -> None:
    provider, rates = guarded(clock)
    provider.fails = True
    reasons = fail(rates, 5)
    assert reasons[:3] == ["it is broken"] * 3
    assert all("not asked for a while" in each for each in reasons[3:])
    assert len(provider.asked) == 3
    clock.now_s = 10
    fail(rates, 3)
    assert len(provider.asked) == 4
    clock.now_s = 20
    provider.fails = False
    assert rates.rates(question(1), 1)
    assert rates.rates(question(2), 1)


def test_a_success_in_between_starts_the_count_anew(clock: Clock) -> None:
    provider, rates = guarded(clock)
    for number in range(4):
        provider.fails = True
        fail(rates, 2)
        provider.fails = False
        rates.rates(question(number + 2), 1)
    assert len(provider.asked) == 12


def test_known_answers_are_given_also_while_the_provider_is_left_alone(clock: Clock) -> None:
    provider, rates = guarded(clock)
    known = rates.rates(question(7), 1)
    provider.fails = True
    fail(rates, 4)
    assert rates.rates(question(7), 1) == known
