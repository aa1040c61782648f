"""Writes of calls, handed to the ledger in groups."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from allocation.ledger.api import Ledger
from allocation.ledger.commands import Hold, TakeStep
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.replies import PlanReply
from allocation.server.hold_changes import HoldChanges

ENOUGH: Final = 64
"""Writes from which on a further one hardly makes each of them cheaper."""

LONG_S: Final = 0.03
"""Longest time that a write waits for others to come, or for those before it to be over."""

SILENT_S: Final = 0.5
"""A ledger that has answered no write for so long is locked, or away."""

MANY: Final = 12
"""Writes within that time from which on it is worth waiting for the next ones."""


class GatheredWrites:
    """Lets writes that come while the ledger is at work go to it together.

    A transaction, and handing a write over to the ledger's thread and its answer back, cost more
    than the write itself; a group has all of that once. A write that comes alone is handed over
    at once; where there are many, each waits a little. To be used from one event loop.

    Parameters
    ----------
    ledger
        Writes.
    clock
        Monotonic seconds.
    changes
        Counts what was written.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Callable[[], float] = time.monotonic,
        changes: HoldChanges | None = None,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._changes = changes or HoldChanges()
        self._waiting: list[tuple[Hold | TakeStep, asyncio.Future[PlanReply]]] = []
        self._times_s: deque[float] = deque(maxlen=MANY)
        self._at_work = 0
        self._oldest_s = 0.0
        self._heard_s = 0.0
        self._next_look: asyncio.Handle | None = None

    @property
    def is_silent(self) -> bool:
        """Whether writes wait for a ledger that has answered none for `SILENT_S`."""
        return self._at_work > 0 and self._clock() - self._heard_s >= SILENT_S

    async def write(self, command: Hold | TakeStep) -> PlanReply:
        """Return the ledger's reply once it is durable.

        Raises
        ------
        EngineError
            The ledger refuses.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[PlanReply] = loop.create_future()
        now_s = self._clock()
        self._times_s.append(now_s)
        if not self._waiting:
            self._oldest_s = now_s
        self._waiting.append((command, future))
        if self._next_look is None:
            # After what else is due in this turn of the loop.
            self._next_look = loop.call_soon(self._look, loop)
        elif len(self._waiting) == ENOUGH:
            self._look(loop)
        return await future

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand over what waits, unless it is better off with what is still to come."""
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None
        if not self._waiting:
            return
        now_s = self._clock()
        wait_s = self._oldest_s + LONG_S - now_s
        are_many = len(self._times_s) == MANY and now_s - self._times_s[0] < LONG_S
        if (self._at_work or are_many) and len(self._waiting) < ENOUGH and wait_s > 0:
            self._next_look = loop.call_later(wait_s, self._look, loop)
            return
        waiting, self._waiting = self._waiting, []
        if not self._at_work:
            self._heard_s = now_s
        self._at_work += 1
        commands = [command for command, _ in waiting]
        futures = [future for _, future in waiting]
        group = _Group(loop, commands, futures, self._changes, self._hear, self._end)
        try:
            self._ledger.submit_all(commands, group.tell, partial(run_on_loop, loop))
        except Exception as error:  # noqa: BLE001 - whoever waits for it sees it
            group.take([(number, error) for number in range(len(waiting))])

    def _hear(self) -> None:
        """Take note that the ledger is there."""
        self._heard_s = self._clock()

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand over what has come while a group was at work."""
        self._at_work -= 1
        self._look(loop)


def run_on_loop(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    """Run a function on a loop, from another thread; here, if the loop does not come to it soon."""
    claim, over = threading.Lock(), threading.Lock()
    over.acquire()

    def run() -> None:
        if claim.acquire(blocking=False):
            try:
                function()
            finally:
                over.release()

    with suppress(RuntimeError):  # It is closed.
        loop.call_soon_threadsafe(run)
    if not over.acquire(timeout=LONG_S):
        # Now the loop leaves it alone, unless it has begun.
        if claim.acquire(blocking=False):
            function()
        else:
            over.acquire()


class _Group:
    """Writes that were handed over together.

    Parameters
    ----------
    loop
        Where they are waited for.
    commands
        What is to be written.
    futures
        What their calls wait for.
    changes
        Counts what was written.
    heard
        Called on the loop when the ledger has answered any, be it with a refusal.
    ended
        Called on the loop when none is left.
    """

    __slots__ = ("_changes", "_commands", "_ended", "_futures", "_heard", "_left", "_loop")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        commands: Sequence[Hold | TakeStep],
        futures: Sequence[asyncio.Future[PlanReply]],
        changes: HoldChanges,
        heard: Callable[[], None],
        ended: Callable[[asyncio.AbstractEventLoop], None],
    ) -> None:
        self._loop = loop
        self._commands = commands
        self._futures = futures
        self._changes = changes
        self._left = len(futures)
        self._heard = heard
        self._ended = ended

    def tell(self, answers: Sequence[tuple[int, Any]]) -> None:
        """Take answers from a thread of the ledger."""
        with suppress(RuntimeError):  # The loop is closed, so nobody waits any more.
            self._loop.call_soon_threadsafe(self.take, answers)

    def take(self, answers: Sequence[tuple[int, Any]]) -> None:
        """End calls that wait, on their loop."""
        for number, answer in answers:
            if isinstance(answer, PlanReply) and not answer.replayed:
                self._changes.count(self._commands[number])
            future = self._futures[number]
            if future.done():
                continue  # Its call was cancelled.
            if isinstance(answer, PlanReply):
                future.set_result(answer)
            elif isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_exception(
                    TypeError(f"a plan was written, and {type(answer).__name__} came back")
                )
        if any(not isinstance(answer, LedgerUnavailableError) for _, answer in answers):
            self._heard()
        self._left -= len(answers)
        if not self._left:
            self._ended(self._loop)
