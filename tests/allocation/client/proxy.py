"""A TCP proxy that breaks connections on purpose."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Thread


class Proxy:
    """Passes bytes on, except for answers that it was told to lose.

    Attributes
    ----------
    lost
        How many connections it has cut instead of passing an answer on.
    """

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._lock = Lock()
        self._lose = 0
        self.lost = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        Thread(target=self._accept, daemon=True).start()

    def lose_answers(self, count: int) -> None:
        """Cut the connection instead of the next answers, once a request has been passed on."""
        with self._lock:
            self._lose = count

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._upstream))
            Thread(target=self._pump, args=(client, server, False), daemon=True).start()
            Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        with suppress(OSError):
            while content := source.recv(1 << 16):
                # Acknowledgements and settings are short; an answer with a plan is not.
                if answers and len(content) > 300 and self._loses():
                    break
                sink.sendall(content)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _loses(self) -> bool:
        with self._lock:
            if self._lose <= 0:
                return False
            self._lose -= 1
            self.lost += 1
            return True


@contextmanager
def proxied(port: int) -> Iterator[Proxy]:
    """Run a proxy before a port of this machine."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
