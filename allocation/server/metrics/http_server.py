"""An HTTP server for probes and metrics that no caller can hold up."""

from __future__ import annotations

import logging
import socket
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Lock
from typing import Any, Final

LOG: Final = logging.getLogger("allocation.server")

MOST_CONNECTIONS: Final = 64
"""Each has a thread. Of more, the one that has been open for longest is cut."""

MOST_S: Final = 10.0
"""Whoever needs longer for a request and its answer is cut."""


class ProbeServer(ThreadingHTTPServer):
    """Serves each connection in a thread, but not too many, and none for long.

    Callers that say a byte now and then would otherwise take thread after thread, until a probe
    finds none and the server is restarted for it. One that is gone is not worth a word in the log.

    Parameters
    ----------
    address
        Host and port; port 0 takes a free one.
    handler
        Answers a request.
    clock
        Monotonic seconds.

    Raises
    ------
    OSError
        The port cannot be had.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        handler: type[BaseHTTPRequestHandler],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._lock = Lock()
        # In the order in which they came.
        self._open: OrderedDict[Any, float] = OrderedDict()
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__((address[0].strip("[]"), address[1]), handler)

    def server_bind(self) -> None:
        """Take the port, without asking whose name belongs to the address.

        Python's own way does, which takes long where nobody answers.
        """
        TCPServer.server_bind(self)
        host, self.server_port = self.server_address[:2]
        self.server_name = str(host)

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._open)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection; make room for it if there is none."""
        with self._lock:
            self._open[request] = self._clock()
            oldest = next(iter(self._open)) if len(self._open) > MOST_CONNECTIONS else None
        if oldest is not None:
            _cut(oldest)
            self._forget(oldest)
        super().process_request(request, client_address)

    def service_actions(self) -> None:
        """Cut who takes too long; called every half a second."""
        before_s = self._clock() - MOST_S
        with self._lock:
            slow = [each for each, since_s in self._open.items() if since_s < before_s]
        for each in slow:
            _cut(each)

    def shutdown_request(self, request: Any) -> None:
        """End a connection."""
        self._forget(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # given
        """Log what is wrong with us; that a caller is gone is not."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            LOG.error("a probe cannot be answered", exc_info=error)

    def _forget(self, request: Any) -> None:
        with self._lock:
            self._open.pop(request, None)


def _cut(connection: socket.socket) -> None:
    """Wake the thread that reads from a connection, or writes to it; it does the rest."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # It has ended meanwhile.
