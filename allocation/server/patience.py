"""Callers that give up: noticed for calls that take longer than most."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from allocation.server.unary_call import UnaryCall

LOOK_EVERY_S: Final = 0.05
"""Most calls are answered within that time, and to watch a call costs a fifth of answering it."""

CLOSELY_S: Final = 1.0
"""So long after a caller gave up, every call is watched from its beginning: gRPC's core keeps some
800 bytes of each error that it cannot send, for ever (grpcio 1.85 and before)."""


class Patience:
    """Watches calls that are older than a look or two, or all of them; used on one event loop.

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
        self._closely_until_s = 0.0

    def add(self, call: UnaryCall) -> None:
        """Take note of a call that begins."""
        self._new.add(call)
        if self._timer is None:
            self._look_later()
        if self._closely_until_s and self._is_close():
            self._start(call.watch())

    def lose(self) -> None:
        """Take note of a caller that gave up: others may be about to."""
        self._closely_until_s = asyncio.get_running_loop().time() + CLOSELY_S

    def _is_close(self) -> bool:
        if asyncio.get_running_loop().time() < self._closely_until_s:
            return True
        self._closely_until_s = 0.0
        return False

    def discard(self, call: UnaryCall) -> None:
        """Take note of one that is over."""
        self._new.discard(call)
        self._seen.discard(call)

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._look)

    def _look(self) -> None:
        self._timer = None
        for call in self._seen:
            call.give_way()
            self._start(call.watch())
        self._seen, self._new = self._new, set()
        if self._seen:
            self._look_later()
