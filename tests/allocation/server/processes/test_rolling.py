"""Whatever happens in which order, some workers serve while all are replaced."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.processes.restarts import HEALTHY_S, LEAST_S, MOST_S, Backoff
from allocation.server.processes.rolling import Rolling, Step


@dataclass(eq=False)
class Worker:
    serving: bool = False
    stopping: bool = False

    def stop(self) -> None:
        self.stopping = True


def rolling(old: list[Worker], wanted: int) -> Any:
    return Rolling(tuple(old), wanted)  # type: ignore[arg-type]


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_workers_serve_at_every_moment_until_all_are_new(old: int, wanted: int, chance) -> None:
    first = [Worker(serving=True) for _ in range(old)]
    workers = [*first, Worker()]
    plan = rolling(first, wanted)
    for _ in range(1_000):
        step, worker = plan.next_step(workers)
        assert step is not Step.GIVE_UP
        if step is Step.DONE:
            break
        if step is Step.START:
            workers.append(Worker())
        elif step is Step.STOP:
            worker.stop()
        # The world moves on by itself: one that was told to ends, one that started serves.
        moving = [each for each in workers if each.stopping or not each.serving]
        if moving and chance.random() < 0.7:
            one = chance.choice(moving)
            if one.stopping:
                workers.remove(one)
            else:
                one.serving = True
        assert sum(each.serving and not each.stopping for each in workers) >= min(old, wanted)
        assert len(workers) <= max(old, wanted) + 1
    else:
        raise AssertionError("it never ended")
    assert len(workers) == wanted
    assert not set(map(id, workers)) & set(map(id, first))


def test_a_new_worker_that_cannot_start_ends_the_replacement_and_no_old_one() -> None:
    old = [Worker(serving=True), Worker(serving=True)]
    assert rolling(old, 2).next_step(old) == (Step.GIVE_UP, None)
    assert not any(each.stopping for each in old)


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def pause_after_end(backoff: Backoff, clock: Clock, lived_s: float) -> float:
    clock.seconds += lived_s
    backoff.note_end(clock.seconds - lived_s)
    ended = clock.seconds
    while not backoff.may_start():
        clock.seconds += 0.01
    return clock.seconds - ended


def test_one_that_ends_again_and_again_is_replaced_ever_later() -> None:
    clock = Clock()
    backoff = Backoff(clock)
    assert backoff.may_start()
    pauses = [pause_after_end(backoff, clock, 0.5) for _ in range(12)]
    assert pauses[0] == pytest.approx(LEAST_S, abs=0.02)
    assert all(later > sooner - 0.01 for sooner, later in pairwise(pauses))
    assert pauses[-1] == pytest.approx(MOST_S, abs=0.02)


def test_one_that_lived_long_is_replaced_at_once() -> None:
    clock = Clock()
    backoff = Backoff(clock)
    for _ in range(5):
        pause_after_end(backoff, clock, 0.5)
    assert pause_after_end(backoff, clock, HEALTHY_S) == pytest.approx(LEAST_S, abs=0.02)
