"""A bounded pool of threads: planning never runs on the event loop, nor queues for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import Any, TypeVar

from allocation.errors import OverloadedError

T = TypeVar("T")


class WorkerPool:
    """Runs functions in threads and takes on only so many at once.

    Parameters
    ----------
    threads
        How many run at the same time, at least 1.
    queue
        How many may wait beside those that run, 0 or more.
    """

    def __init__(self, threads: int, queue: int) -> None:
        self._threads = threads
        self._most = threads + queue
        self._taken = 0
        self._lock = Lock()
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="planning")

    @property
    def taken(self) -> int:
        """How many functions run or wait."""
        return self._taken

    async def run(self, function: Callable[[], T]) -> T:
        """Return what `function` returns.

        When the caller is cancelled, waiting ends at once; a function that has started
        runs to its end and counts until then.

        Raises
        ------
        OverloadedError
            If as many functions as the pool takes on are running or waiting.
        """
        with self._lock:
            if self._taken >= self._most:
                raise OverloadedError(
                    f"{self._taken} calls are being planned or wait, the most this server takes "
                    "on: try again a little later, or run more servers",
                    {"running_or_waiting": str(self._taken), "threads": str(self._threads)},
                )
            self._taken += 1
        try:
            # What the function logs and notes belongs to the call that it runs for.
            future = self._executor.submit(copy_context().run, function)
        except BaseException:
            self._give_back(None)
            raise
        future.add_done_callback(self._give_back)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Take on nothing more; what waits is dropped, what runs is not waited for."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _give_back(self, _: Future[Any] | None) -> None:
        with self._lock:
            self._taken -= 1
