"""Probes are answered whatever other callers do."""

from __future__ import annotations

import logging
import socket
import struct
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from threading import Thread

import pytest

from allocation.server.metrics.http_server import MOST_CONNECTIONS, MOST_S, ProbeServer


class Handler(BaseHTTPRequestHandler):
    """Says yes, or fails."""

    def do_GET(self) -> None:
        """Answer with a body that no buffer takes at once."""
        if self.path == "/bug":
            raise ZeroDivisionError
        content = b"yes" if self.path == "/live" else b"x" * (8 << 20)
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # given
        """Log nothing."""


class Clock:
    """Stands until it is set."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[ProbeServer]:
    server = ProbeServer(("127.0.0.1", 0), Handler, clock)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def connect(server: ProbeServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.server_port), timeout=30)


def wait_for(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.005)


def alive(server: ProbeServer) -> bool:
    url = f"http://127.0.0.1:{server.server_port}/live"
    with urllib.request.urlopen(url, timeout=30) as answer:
        return bool(answer.read() == b"yes")


def test_many_who_say_nothing_hold_no_probe_up(server: ProbeServer) -> None:
    silent = []
    for _ in range(MOST_CONNECTIONS + 10):
        silent.append(connect(server))
        silent[-1].send(b"G")
    assert alive(server)
    assert server.connections <= MOST_CONNECTIONS
    # Those that came first had to go.
    assert silent[0].recv(1) == b""
    for each in silent:
        each.close()


def test_who_takes_too_long_is_cut(server: ProbeServer, clock: Clock) -> None:
    with connect(server) as slow:
        slow.send(b"GET /all")
        wait_for(lambda: server.connections == 1)
        clock.s += MOST_S + 1
        assert slow.recv(1) == b""
    wait_for(lambda: server.connections == 0)


def test_nothing_is_said_of_callers_that_are_gone_but_of_what_is_wrong_with_us(
    server: ProbeServer,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.getLogger("allocation.server"), "propagate", True)
    gone = connect(server)
    gone.send(b"GET /all HTTP/1.0\r\n\r\n")
    gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    gone.close()
    with connect(server) as client:
        client.send(b"GET /bug HTTP/1.0\r\n\r\n")
        assert client.recv(1) == b""
    wait_for(lambda: server.connections == 0)
    (record,) = caplog.records
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError
    assert capsys.readouterr().err == ""


def test_addresses_of_the_new_kind_do_as_well() -> None:
    try:
        server = ProbeServer(("[::1]", 0), Handler)
    except OSError as error:
        pytest.skip(f"no IPv6 here: {error}")
    assert server.server_port
    server.server_close()
