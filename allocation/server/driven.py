"""Coroutines that run without a task of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Driven:
    """Runs a coroutine that waits for nothing but futures, on the running loop.

    It begins at once, where a task would begin in the next turn of the loop, and goes on when
    what it waits for is done. Nobody can wait for it or cancel it.

    Parameters
    ----------
    coroutine
        What runs, up to where it first waits, before the constructor returns. An error of it
        goes to the loop's handler of errors.
    ended
        Called with this when it is over.
    """

    __slots__ = ("_coroutine", "_ended", "_loop")

    def __init__(
        self, coroutine: Coroutine[Any, None, object], ended: Callable[[Driven], object]
    ) -> None:
        self._coroutine = coroutine
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._go_on(None)

    def _go_on(self, _: object) -> None:
        try:
            future: Any = self._coroutine.send(None)
        except StopIteration:
            self._ended(self)
        except Exception as error:  # noqa: BLE001  # as of a task that nobody waits for
            self._ended(self)
            about = {"message": "a coroutine ended with an error", "exception": error}
            self._loop.call_exception_handler(about)
        else:
            # What a task says to a future that it is given.
            future._asyncio_future_blocking = False  # noqa: SLF001
            future.add_done_callback(self._go_on)
