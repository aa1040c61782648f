"""A server inside this process, for commands that are not pointed at one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from allocation.server.in_process import server_in_thread


@contextmanager
def local_server() -> Iterator[str]:
    """Run a server with default settings on a free port and yield ``host:port``.

    It is the server that ``shipfrom serve`` runs, called over a real socket.
    """
    with server_in_thread() as server:
        yield server.address
