"""The event loop of a server process, with an eye on how gRPC wakes it.

gRPC writes one byte into a socket for every event, and reads one byte each time it is called,
however many events it takes in then. Under load, bytes are left over: the loop turns for each
of them with nothing to do, and once some 280 have piled up, as many as the socket holds, gRPC's
thread has to wait for one turn of the loop per event. Then calls come in no faster than the loop
turns, and the rest waits where nobody refuses it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any, Final

_READER: Final = "PollerCompletionQueue"
"""gRPC's class that is woken."""

_MOST: Final = 4_096
_LOOK: Final = socket.MSG_PEEK | socket.MSG_DONTWAIT


class ServerEventLoop(asyncio.SelectorEventLoop):
    """Python's own, which takes in all the bytes that gRPC has written at once."""

    def add_reader(  # type: ignore[override]  # every way to call it is taken
        self, fd: Any, callback: Callable[..., Any], *args: Any
    ) -> None:
        """See `asyncio.loop.add_reader`."""
        if isinstance(fd, socket.socket) and _reader_of(callback) == _READER:
            callback = _draining(fd, callback)
        super().add_reader(fd, callback, *args)


def _reader_of(callback: Callable[..., Any]) -> str:
    bound = getattr(callback, "func", callback)
    return type(getattr(bound, "__self__", None)).__name__


def _draining(woken: socket.socket, callback: Callable[..., Any]) -> Callable[..., Any]:
    receive = woken.recv

    def drain(*args: Any) -> None:
        waiting = len(receive(_MOST, _LOOK))
        if waiting > 1:
            # One is for gRPC, which would wait for it.
            receive(waiting - 1)
        callback(*args)

    return drain
