"""Refuses calls before they are sent, while the server refuses too many of them.

To refuse a call costs a server a tenth of answering it, so that many times what it can do
leaves it no time to do that. The rule is that of Google's book on site reliability (handling
overload): a client counts its calls, and those that were taken on, and sends no more than
`Throttling.multiple` times the latter. What is more it refuses itself, at random.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final

import grpc

from allocation.client.errors import OVERLOADED, UNSEEN_DELAY_S, OverloadedError

CALM_S: Final = 0.3
"""So long without a refusal, and the server is no longer overloaded ..."""

CALM_CALLS: Final = 4
"""... if as many calls one after the other were taken on. Few, as those who make few calls would
otherwise hold back for seconds what a server has room for again: of forty that had shared what it
can do, each refused half of its own calls one and a half seconds later when it took 16. Where
the overload goes on, they are wrong now and then, and send some seven calls too many.
"""


@dataclass(frozen=True, slots=True)
class Throttling:
    """How many calls are sent to a server that refuses some.

    Nothing is held back as long as no call was refused. When the server refuses none any more,
    all are sent again: after `CALM_S` and `CALM_CALLS` calls.

    Attributes
    ----------
    multiple
        Calls that are sent for each that is taken on, more than 1. The greater, the sooner a
        client sees that there is more room; the smaller, the less has the server to refuse.
    least_calls
        Calls within `memory_s` that are sent however many are refused, 0 or more: with few
        calls, chance decides how many are.
    memory_s
        Seconds after which a call counts by 1/e, more than 0.

    Raises
    ------
    ValueError
        A figure is out of its range.
    """

    multiple: float = 1.2
    least_calls: float = 5.0
    memory_s: float = 1.0

    def __post_init__(self) -> None:
        if not (self.multiple > 1 and self.least_calls >= 0 and self.memory_s > 0):
            raise ValueError(
                f"multiple is {self.multiple:g}, least_calls {self.least_calls:g} and memory_s "
                f"{self.memory_s:g}; give more than 1, 0 or more and more than 0"
            )


class Throttle:
    """Counts the calls of one method; safe to use from many threads.

    Parameters
    ----------
    throttling
        The figures.
    clock
        Monotonic seconds.
    chance
        Uniform in [0, 1).
    """

    def __init__(
        self,
        throttling: Throttling,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._throttling = throttling
        self._clock = clock
        self._chance = chance
        self._lock = Lock()
        self._calls = self._taken_on = 0.0
        self._counted_s = self._refused_s = clock()
        self._in_a_row = 0

    def check(self) -> None:
        """Let a call pass.

        Raises
        ------
        OverloadedError
            It is not to be sent.
        """
        with self._lock:
            self._forget()
            rules = self._throttling
            beyond = self._calls - rules.multiple * self._taken_on - rules.least_calls
            if beyond <= 0 or self._chance() >= beyond / (self._calls + 1):
                return
            refused = 1 - self._taken_on / self._calls
            self._calls += 1
        raise OverloadedError(
            OVERLOADED,
            f"not sent: {refused:.0%} of the last calls were refused by the server or, like this "
            "one, not sent; try again a little later, or run more servers",
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            retry_delay_s=UNSEEN_DELAY_S,
        )

    def note(self, *, refused: bool) -> None:
        """Count a call that the server refused, or took on."""
        with self._lock:
            self._forget()
            self._calls += 1
            if refused:
                self._in_a_row = 0
                self._refused_s = self._counted_s
                return
            self._taken_on += 1
            self._in_a_row += 1
            if self._in_a_row >= CALM_CALLS and self._counted_s - self._refused_s >= CALM_S:
                self._calls = self._taken_on = 0.0

    def _forget(self) -> None:
        """Let what was counted count less, by its age."""
        now_s = self._clock()
        share = math.exp((self._counted_s - now_s) / self._throttling.memory_s)
        self._calls *= share
        self._taken_on *= share
        self._counted_s = now_s
