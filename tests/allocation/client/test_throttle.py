"""Clients hold calls back while a server refuses too many, and at no other time."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import cycle, islice, pairwise

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.client import OverloadedError, Throttling
from allocation.client.throttle import CALM_CALLS, CALM_S, Throttle

STEP_S = 0.001


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Server:
    """Takes on so many calls in any tenth of a second, and refuses the others."""

    def __init__(self, clock: Clock, takes_per_s: int) -> None:
        self.takes = takes_per_s // 10
        self.seen = self.taken_on = 0
        self._clock = clock
        self._tenth, self._left = -1, 0

    def refuses(self) -> bool:
        self.seen += 1
        tenth = int(self._clock() * 10)
        if tenth != self._tenth:
            self._tenth, self._left = tenth, self.takes
        if self._left == 0:
            return True
        self._left -= 1
        self.taken_on += 1
        return False


def is_held_back(throttle: Throttle) -> bool:
    try:
        throttle.check()
    except OverloadedError:
        return True
    return False


def offer(
    throttle: Throttle, clock: Clock, per_s: int, seconds: float, refuses: Callable[[], bool]
) -> int:
    """Offer calls at a rate; return how many were held back."""
    held_back, owed = 0, 0.0
    for _ in range(round(seconds / STEP_S)):
        clock.now_s += STEP_S
        owed += per_s * STEP_S
        while owed >= 1:
            owed -= 1
            if is_held_back(throttle):
                held_back += 1
            else:
                throttle.note(refused=refuses())
    return held_back


def throttle_and_clock(throttling: Throttling | None = None) -> tuple[Throttle, Clock]:
    clock = Clock()
    return Throttle(throttling or Throttling(), clock, random.Random(7).random), clock


@given(
    pauses_s=st.lists(st.floats(0, 3), max_size=200),
    multiple=st.floats(1.01, 10),
    least_calls=st.floats(0, 10),
)
def test_nothing_is_held_back_while_nothing_is_refused(
    pauses_s: list[float], multiple: float, least_calls: float
) -> None:
    clock = Clock()
    # The least chance there is: whoever may be held back is.
    throttle = Throttle(Throttling(multiple, least_calls), clock, lambda: 0.0)
    for pause_s in pauses_s:
        clock.now_s += pause_s
        assert not is_held_back(throttle)
        throttle.note(refused=False)


def test_an_overloaded_server_sees_little_more_than_it_takes_on() -> None:
    throttle, clock = throttle_and_clock()
    server = Server(clock, takes_per_s=200)
    offer(throttle, clock, 1_000, 3.0, server.refuses)
    server.seen = server.taken_on = 0
    held_back = offer(throttle, clock, 1_000, 10.0, server.refuses)
    assert server.taken_on >= 0.95 * 2_000
    assert server.seen <= 2_000 * Throttling().multiple * 1.1
    assert held_back + server.seen == 10_000


@pytest.mark.parametrize("multiple", [1.1, 1.5, 2.0])
def test_the_multiple_says_how_many_are_sent(multiple: float) -> None:
    throttle, clock = throttle_and_clock(Throttling(multiple, least_calls=0))
    server = Server(clock, takes_per_s=500)
    offer(throttle, clock, 5_000, 3.0, server.refuses)
    server.seen = server.taken_on = 0
    offer(throttle, clock, 5_000, 5.0, server.refuses)
    assert server.seen / server.taken_on == pytest.approx(multiple, rel=0.1)


def test_it_recovers_soon_after_the_overload_is_over() -> None:
    throttle, clock = throttle_and_clock()
    server = Server(clock, takes_per_s=200)
    offer(throttle, clock, 1_000, 10.0, server.refuses)
    # 0.1 s for the server to have room again, and the calm after it.
    offer(throttle, clock, 160, 0.1 + CALM_S + CALM_CALLS / 160, server.refuses)
    assert offer(throttle, clock, 160, 10.0, server.refuses) == 0


def test_clients_with_few_calls_each_recover_soon_too() -> None:
    clock = Clock()
    server = Server(clock, takes_per_s=2_000)
    throttles = [Throttle(Throttling(), clock, random.Random(seed).random) for seed in range(40)]

    def offer_all(per_ms: int, seconds: float) -> float:
        """Offer calls of all clients in turn; return the share that was held back."""
        held_back, clients = 0, cycle(throttles)
        for _ in range(round(seconds / STEP_S)):
            clock.now_s += STEP_S
            for throttle in islice(clients, per_ms):
                if is_held_back(throttle):
                    held_back += 1
                else:
                    throttle.note(refused=server.refuses())
        return held_back / (per_ms * seconds / STEP_S)

    offer_all(10, 3.0)
    assert offer_all(10, 1.0) > 0.5
    offer_all(1, 1.0)
    # A second later, what they want is half of what the server can do.
    assert offer_all(1, 1.0) < 0.05


def test_a_server_that_refused_everything_is_found_to_have_room() -> None:
    throttle, clock = throttle_and_clock()
    assert offer(throttle, clock, 200, 30.0, lambda: True) > 5_000
    offer(throttle, clock, 200, 3.0, lambda: False)
    assert offer(throttle, clock, 200, 10.0, lambda: False) == 0


def test_few_calls_are_sent_however_many_are_refused() -> None:
    throttle, clock = throttle_and_clock()
    assert offer(throttle, clock, 3, 60.0, lambda: True) == 0


def test_more_and_more_are_held_back_the_more_are_refused() -> None:
    def share_held_back(refused: float) -> float:
        throttle, clock = throttle_and_clock()
        chance = random.Random(3).random
        return offer(throttle, clock, 500, 10.0, lambda: chance() < refused) / 5_000

    shares = [share_held_back(refused) for refused in (0.1, 0.4, 0.7, 1.0)]
    # At a multiple of 1.2 up to a sixth may be refused without anything being held back.
    assert shares[0] < 0.01
    assert all(less < more for less, more in pairwise(shares))
    assert shares[-1] > 0.9


def test_what_is_held_back_says_why_and_when_to_come_again() -> None:
    throttle = Throttle(Throttling(), Clock(), lambda: 0.0)
    for _ in range(1_000):
        throttle.note(refused=True)
    with pytest.raises(OverloadedError) as caught:
        throttle.check()
    assert caught.value.reason == "OVERLOADED"
    assert caught.value.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert caught.value.retry_delay_s == 0.1
    assert caught.value.message.startswith(
        "not sent: 100% of the last calls were refused by the server"
    )


@pytest.mark.parametrize("figures", [(1.0, 5, 1), (1.5, -1, 1), (1.5, 5, 0), (float("nan"), 5, 1)])
def test_figures_out_of_their_range_are_named(figures: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match=r"multiple is .*, least_calls .* and memory_s"):
        Throttling(*figures)
