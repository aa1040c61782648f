"""A rating provider, or a geocoder, on this machine that behaves as it is told, mostly badly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Behave = Callable[[BaseHTTPRequestHandler, Event], None]


@dataclass
class FakeProvider:
    """What it does next, and what it was asked."""

    url: str
    behave: Behave
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


def send(content: bytes, status: int = 200, length: int | None = None) -> Behave:
    def behave(handler: BaseHTTPRequestHandler, _ended: Event) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        handler.wfile.write(content)

    return behave


def rates(*rows: tuple[str, str, Any, str]) -> Behave:
    names = ("carrier", "service", "rate", "currency")
    return send(json.dumps({"rates": [dict(zip(names, r, strict=True)) for r in rows]}).encode())


def silent(_handler: BaseHTTPRequestHandler, ended: Event) -> None:
    ended.wait(20)


def trickling(handler: BaseHTTPRequestHandler, ended: Event) -> None:
    """Send a byte now and then, so that no single read takes long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Padding: ")
    while not ended.wait(0.02):
        handler.wfile.write(b"x")


def hanging_up(handler: BaseHTTPRequestHandler, _ended: Event) -> None:
    handler.close_connection = True


@contextmanager
def fake_provider(behave: Behave) -> Iterator[FakeProvider]:
    ended = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            self.answer({"path": self.path, **json.loads(content)})

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self.answer({"path": parts.path, **dict(parse_qsl(parts.query))})

        def answer(self, asked: dict[str, Any]) -> None:
            provider.asked.append(asked)
            provider.headers.append(dict(self.headers))
            try:
                provider.behave(self, ended)
            except OSError:
                self.close_connection = True  # The client has hung up, as it should.

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = FakeProvider(f"http://127.0.0.1:{server.server_port}/v2", behave)
    thread = Thread(target=lambda: server.serve_forever(0.01))
    thread.start()
    try:
        yield provider
    finally:
        ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
