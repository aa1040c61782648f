"""The time between the wish to end and the end: no new connections, and the old ones leave.

When a gRPC server is stopped, calls that arrive before its clients have heard of it are
cancelled, however gracefully it is done. So it is stopped only when nobody is connected any
more: it stops to listen first, and since no connection lives longer than an age, all of them
move to another process by themselves, with no call lost.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_FILES: Final = Path("/proc/self/fd")
_LOOK_EVERY_S: Final = 0.1
_LOOK_SOON_S: Final = 0.001

_MOST_QUEUED_S: Final = 1.0
"""So long is waited for connections to be accepted; more than a moment only if they never end."""

_QUEUED: Final = slice(24, 28)
"""Where Linux says in ``tcp_info`` of a listening socket how many (``tcpi_unacked``)."""


async def lose_connections(
    port: int, oldest_s: float, clock: Callable[[], float], *, hurry: asyncio.Event
) -> None:
    """Stop to listen on a port and wait until no connection to it is left.

    Parameters
    ----------
    oldest_s
        Age at which the last client has been told to connect anew.
    clock
        Monotonic seconds.
    hurry
        Ends the wait when set.
    """
    await _stop_listening(port, clock)
    end_s = clock() + oldest_s + 1
    while clock() < end_s and not hurry.is_set() and any(_sockets(port, listening=False)):
        with suppress(TimeoutError):
            await asyncio.wait_for(hurry.wait(), _LOOK_EVERY_S)


async def _stop_listening(port: int, clock: Callable[[], float]) -> None:
    """Stop to listen once nobody waits to be accepted: who does would be cut off.

    To a client that is a server that cannot be reached, and it tries no other for a second.
    """
    end_s = clock() + _MOST_QUEUED_S
    while True:
        somebody_waits = False
        for listener in _sockets(port, listening=True):
            if _is_waited_for(listener) and clock() < end_s:
                somebody_waits = True
                continue
            with suppress(OSError):
                # All of the process's copies of the socket stop to listen, gRPC's own among them.
                listener.shutdown(socket.SHUT_RDWR)
        if not somebody_waits:
            return
        await asyncio.sleep(_LOOK_SOON_S)


def _is_waited_for(listener: socket.socket) -> bool:
    """Whether there are connections that were made and not accepted yet."""
    try:
        info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _QUEUED.stop)
    except OSError:
        return False
    return int.from_bytes(info[_QUEUED], sys.byteorder) > 0


def _sockets(port: int, *, listening: bool) -> Iterator[socket.socket]:
    """Yield this process's sockets that listen on a port, or that are connected to it.

    They stay those of their owners. No descriptor is copied: to close a copy of a file, as of
    SQLite's, would give up every lock that the process has on it.
    """
    for file in sorted(_FILES.iterdir()) if _FILES.is_dir() else ():
        try:
            found = socket.socket(fileno=int(file.name))
        except OSError:
            # It is none, or gone by now.
            continue
        try:
            if _is_ours(found, port, listening=listening):
                yield found
        finally:
            found.detach()


def _is_ours(found: socket.socket, port: int, *, listening: bool) -> bool:
    try:
        if found.family not in (socket.AF_INET, socket.AF_INET6):
            return False
        if found.type != socket.SOCK_STREAM or found.getsockname()[1] != port:
            return False
        accepts = bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
        if accepts or listening:
            return accepts and listening
        found.getpeername()
    except OSError:
        return False
    return True
