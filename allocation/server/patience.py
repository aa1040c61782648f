"""Callers that give up: noticed for calls that take longer than most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from allocation.server.unary_call import UnaryCall

LOOK_EVERY_S: Final = 0.05
"""Most calls are answered within that time, and to watch a call costs a fifth of answering it."""


class Patience:
    """Watches calls that are older than a look or two; used on one event loop.

    Parameters
    ----------
    start
        Runs something beside everything else.
    """

    def __init__(self, start: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._start = start
        self._new: set[UnaryCall] = set()
        self._seen: set[UnaryCall] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, call: UnaryCall) -> None:
        """Take note of a call that begins."""
        self._new.add(call)
        if self._timer is None:
            self._look_later()

    def discard(self, call: UnaryCall) -> None:
        """Take note of one that is over."""
        self._new.discard(call)
        self._seen.discard(call)

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._look)

    def _look(self) -> None:
        self._timer = None
        for call in self._seen:
            self._start(call.watch())
        self._seen, self._new = self._new, set()
        if self._seen:
            self._look_later()
