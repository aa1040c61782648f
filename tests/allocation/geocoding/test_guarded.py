"""A geocoder is asked once for the same code, at a pace, and left alone while it fails."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from allocation.geocoding.geocoder import GeocodingError, Located, PostalQuestion
from allocation.geocoding.guarded import GuardedGeocoder
from allocation.geocoding.pace import Pace
from allocation.geocoding.settings import GeocodingSettings, open_geocoder
from allocation.outside.breaker import CircuitBreaker
from allocation.outside.cache import AnswerCache
from routing.errors import InvalidInputError
from routing.geo.coordinates import Coordinates

HERE = Coordinates(37.5, 127.0)


@dataclass
class Scripted:
    """A geocoder that says what it is told to, or fails."""

    name: str = "scripted"
    says: Coordinates | None = HERE
    fails: bool = False
    asked: list[PostalQuestion] = field(default_factory=list)

    def locate(self, question: PostalQuestion, timeout_s: float) -> Coordinates | None:
        self.asked.append(question)
        if self.fails:
            raise GeocodingError("it is broken")
        return self.says


@dataclass
class Clock:
    """Moves when somebody sleeps, and when it is told to."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def code(number: int = 1) -> PostalQuestion:
    return PostalQuestion("KR", f"{number:05d}")


def guarded(clock: Clock, ttl_s: float = 3_600, most: int = 2) -> tuple[Scripted, GuardedGeocoder]:
    geocoder = Scripted()
    return geocoder, GuardedGeocoder(
        geocoder,
        AnswerCache(ttl_s, most, clock),
        CircuitBreaker(2, 60, clock),
        Pace(1, clock),
        5,
        clock.sleep,
    )


@pytest.mark.parametrize("says", [HERE, None])
def test_the_same_code_is_asked_again_only_when_its_answer_is_old(
    says: Coordinates | None,
) -> None:
    clock = Clock()
    geocoder, service = guarded(clock)
    geocoder.says = says
    assert service.known(code()) is None
    for _ in range(3):
        assert service.locate(code()) == Located(says)
    assert service.known(code()) == Located(says)
    clock.now_s += 3_600
    assert service.known(code()) is None
    service.locate(code())
    assert len(geocoder.asked) == 2


def test_only_so_many_answers_are_kept() -> None:
    geocoder, service = guarded(Clock())
    for number in (1, 2, 3, 1):
        service.locate(code(number))
    assert [each.postal_code for each in geocoder.asked] == ["00001", "00002", "00003", "00001"]


def test_questions_lie_as_far_apart_as_was_agreed() -> None:
    clock = Clock()
    _, service = guarded(clock)
    times_s = []
    for number in range(4):
        service.locate(code(number))
        times_s.append(clock.now_s)
    assert times_s == [0, 1, 2, 3]


def test_a_turn_that_is_too_far_away_is_not_waited_for() -> None:
    clock = Clock()
    pace = Pace(1, clock)
    # Nobody sleeps: six turns are taken at the same moment, the last of them 5 s away.
    assert [pace.turn_in_s(5) for _ in range(8)] == [0, 1, 2, 3, 4, 5, None, None]
    clock.now_s = 1
    assert pace.turn_in_s(5) == 5


def test_a_failure_is_not_kept_and_after_some_nobody_is_asked_for_a_while() -> None:
    clock = Clock()
    geocoder, service = guarded(clock)
    geocoder.fails = True
    for _ in range(2):
        with pytest.raises(GeocodingError, match="broken"):
            service.locate(code())
    geocoder.fails = False
    with pytest.raises(GeocodingError, match="again and again"):
        service.locate(code())
    assert len(geocoder.asked) == 2
    clock.now_s += 60
    assert service.locate(code()) == Located(HERE)


def test_without_an_address_there_is_no_geocoder() -> None:
    assert open_geocoder(GeocodingSettings(), Clock()) is None
    found = open_geocoder(GeocodingSettings("https://geo.example.com/"), Clock())
    assert found is not None
    assert found.name == "geo.example.com"


def test_every_setting_out_of_range_is_named() -> None:
    with pytest.raises(InvalidInputError) as caught:
        GeocodingSettings("http://geo.example.com", -1, 0, 0, -1, 0, 0, 0)
    assert [each.path for each in caught.value.violations] == [
        "wait_s", "timeout_s", "per_s", "ttl_s", "cached", "failures", "pause_s", "url",
    ]  # fmt: skip
