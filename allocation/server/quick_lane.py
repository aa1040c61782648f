"""The lane of usual orders: planned on the event loop, one after the other.

It takes on as many calls as it can plan in the time that callers are ready to wait, going by what
plans have taken lately, and says when it is full, so that further calls are refused unread.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any, Final, TypeVar

from allocation.errors import OverloadedError
from allocation.server.intake import Intake

T = TypeVar("T")

SLICE_S: Final = 0.003
"""A look at what has come in costs about as much as a plan."""

MOST_WAIT_S: Final = 0.25
"""As many calls wait as are planned in that time: a checkout that has to wait for longer is better
told so at once."""

LEAST_WAITING: Final = 128
"""So many may wait however long plans take: bursts of one caller are no overload."""

_QUIET_TURNS: Final = 2
_MOST_TURNS: Final = 6
"""Turns of the loop are what refusals cost: with many more, they took a fifth of the answers."""
_NEW: Final = 0.05
"""Weight of the newest slice in the mean of what a plan takes."""


class QuickLane:
    """Runs short functions on the event loop, one after the other, and takes on only so many.

    Parameters
    ----------
    queue
        How many may wait beside the one that is next, at most.
    slice_s
        Seconds after which the loop turns to something else.
    intake
        Told when the lane is full; knows what else comes in.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        queue: int,
        slice_s: float = SLICE_S,
        intake: Intake | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = queue + 1
        self._slice_s = slice_s
        self._intake = intake or Intake()
        self._intake.places = self._most
        self._clock = clock
        self._plan_s = 0.0
        self._waiting: deque[tuple[asyncio.Future[Any], Callable[[], Any]]] = deque()
        self._runner: asyncio.Task[None] | None = None

    @property
    def taken(self) -> int:
        """How many functions wait."""
        return len(self._waiting)

    @property
    def places(self) -> int:
        """How many may wait, the next one included, going by what functions have taken lately."""
        return self._intake.places

    def run(self, function: Callable[[], T]) -> asyncio.Future[T]:
        """Return a future of what `function` returns; if cancelled before, it is not called.

        It ends with `OverloadedError` if as many functions as the lane takes on are waiting.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if len(self._waiting) >= self._intake.places:
            overloaded = OverloadedError(
                f"{len(self._waiting)} calls wait to be planned, the most this server takes on: "
                "try again a little later, or run more servers",
                {"waiting": str(len(self._waiting))},
            )
            future.set_exception(overloaded)
            return future
        # What the function notes belongs to the call that it runs for.
        self._waiting.append((future, partial(copy_context().run, function)))
        self._intake.is_full = len(self._waiting) >= self._intake.places
        if self._runner is None:
            self._runner = loop.create_task(self._run_all())
        return future

    async def _run_all(self) -> None:
        begun_s, done = self._clock(), 0
        try:
            while self._waiting:
                future, function = self._waiting.popleft()
                self._intake.is_full = False
                if future.cancelled():
                    continue
                try:
                    future.set_result(function())
                except Exception as error:  # noqa: BLE001  # it is the caller's
                    future.set_exception(error)
                # Of an error, its traceback has this frame, which would have the error.
                del future, function
                done += 1
                if self._clock() - begun_s >= self._slice_s:
                    await self._look_around()
                    now_s = self._clock()
                    self._learn((now_s - begun_s) / done)
                    begun_s, done = now_s, 0
        finally:
            self._runner = None

    def _learn(self, plan_s: float) -> None:
        """Take note of what a function took, everything around it included."""
        before = self._plan_s or plan_s
        self._plan_s = before + _NEW * (plan_s - before)
        in_time = (
            max(LEAST_WAITING, int(MOST_WAIT_S / self._plan_s)) if self._plan_s else self._most
        )
        self._intake.places = min(self._most, in_time)

    async def _look_around(self) -> None:
        """Let the others have their turn: answers go out, new calls come in or are refused.

        A call takes a few turns of the loop to come in, and one after the other: if there were
        only as many turns as plans, more and more calls would wait where nobody refuses them.
        """
        quiet = 0
        for _ in range(_MOST_TURNS):
            before = self._intake.arrivals
            await asyncio.sleep(0)
            # Where there is no room, nothing is gained from waiting for more calls.
            idle = self._intake.arrivals == before or not self._intake.has_room
            quiet = quiet + 1 if idle else 0
            if quiet == _QUIET_TURNS:
                return
