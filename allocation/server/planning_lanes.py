"""Two lanes for planning, so that usual orders never wait behind long searches.

Most orders are planned in less time than it takes to hand them to another thread and back.
They are planned on the event loop, one after the other, with a look at what else has come in
every few milliseconds. Whatever turns out to need a search goes to the pool of threads.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any, Final, TypeVar

from allocation.engine_api import NeedsTimeError
from allocation.errors import OverloadedError
from allocation.server.intake import Intake
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2 as pb

T = TypeVar("T")

MOST_QUICK_LINES: Final = 5
"""Orders with more are searched for; see `allocation.optimize.few_lines`."""

MOST_QUICK_LEVELS: Final = 2_000
"""Inline levels that are read on the event loop."""


SLICE_S: Final = 0.002
"""A look at what has come in costs about a tenth of a plan."""


_QUIET_TURNS: Final = 4
_MOST_TURNS: Final = 200


class QuickLane:
    """Runs short functions on the event loop, one after the other, and takes on only so many.

    Parameters
    ----------
    queue
        How many may wait beside the one that is next.
    slice_s
        Seconds after which the loop turns to something else.
    intake
        Told when the lane is full; knows what else comes in.
    """

    def __init__(self, queue: int, slice_s: float = SLICE_S, intake: Intake | None = None) -> None:
        self._most = queue + 1
        self._slice_s = slice_s
        self._intake = intake or Intake()
        self._waiting: deque[tuple[asyncio.Future[Any], Callable[[], Any]]] = deque()
        self._runner: asyncio.Task[None] | None = None

    @property
    def taken(self) -> int:
        """How many functions wait."""
        return len(self._waiting)

    async def run(self, function: Callable[[], T]) -> T:
        """Return what `function` returns; it is not called if the caller is cancelled before.

        Raises
        ------
        OverloadedError
            If as many functions as the lane takes on are waiting.
        """
        if len(self._waiting) >= self._most:
            raise OverloadedError(
                f"{len(self._waiting)} calls wait to be planned, the most this server takes on: "
                "try again a little later, or run more servers",
                {"waiting": str(len(self._waiting))},
            )
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        # What the function notes belongs to the call that it runs for.
        self._waiting.append((future, partial(copy_context().run, function)))
        self._intake.is_full = len(self._waiting) >= self._most
        if self._runner is None:
            self._runner = loop.create_task(self._run_all())
        return await future

    async def _run_all(self) -> None:
        pause_s = time.monotonic() + self._slice_s
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
                if time.monotonic() >= pause_s:
                    await self._look_around()
                    pause_s = time.monotonic() + self._slice_s
        finally:
            self._runner = None

    async def _look_around(self) -> None:
        """Let the others have their turn: answers go out, new calls come in or are refused.

        A call takes a few turns of the loop to come in, and one after the other: if there were
        only as many turns as plans, more and more calls would wait where nobody refuses them.
        """
        quiet = 0
        for _ in range(_MOST_TURNS):
            before = self._intake.arrivals
            await asyncio.sleep(0)
            quiet = quiet + 1 if self._intake.arrivals == before else 0
            if quiet == _QUIET_TURNS:
                return


class PlanningLanes:
    """Plans each order in the lane that fits it.

    Parameters
    ----------
    quick
        For orders that are planned at once.
    pool
        For those that are searched for.
    has_lots
        Says whether plans may need to be looked up in the store, which takes a thread.
    """

    def __init__(self, quick: QuickLane, pool: WorkerPool, has_lots: Callable[[], bool]) -> None:
        self._quick = quick
        self._pool = pool
        self._has_lots = has_lots

    async def run(
        self, message: pb.AllocateRequest | pb.QuoteRequest, plan: Callable[[bool], T]
    ) -> T:
        """Return what `plan` makes.

        Parameters
        ----------
        message
            What is to be planned.
        plan
            Plans it; with true, it raises `NeedsTimeError` rather than search.

        Raises
        ------
        OverloadedError
            If the lane is full.
        """
        if self._may_be_quick(message):
            try:
                return await self._quick.run(lambda: plan(True))
            except NeedsTimeError:
                pass
        return await self._pool.run(lambda: plan(False))

    def _may_be_quick(self, message: pb.AllocateRequest | pb.QuoteRequest) -> bool:
        """Whether decoding is short, and planning may be; the engine itself has the last word."""
        if not isinstance(message, pb.AllocateRequest) or message.HasField("network"):
            return False
        options = message.options
        if options.alternatives or options.explain or message.HasField("baseline"):
            return False
        if len(message.order.lines) > MOST_QUICK_LINES:
            return False
        if message.mode == pb.ALLOCATE_MODE_HOLD and self._has_lots():
            return False
        levels = sum(len(each.levels) for each in message.inline_stock.items)
        return levels <= MOST_QUICK_LEVELS
