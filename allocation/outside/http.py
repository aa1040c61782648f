"""One HTTP request with an end: bounded in time as a whole, and in bytes."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from typing import Final
from urllib.parse import SplitResult, urlsplit

MOST_BYTES: Final = 1 << 20
"""Largest answer that is read: rates of one parcel, or a place, take a few KiB."""

_DONE: Final = (200, 201)


class OutsideError(Exception):
    """There is no answer; the message says why, for people, without keys or addresses."""


def post(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> bytes:
    """Send one POST and return the content of the answer; see `_ask`."""
    return _ask("POST", url, body, headers, timeout_s)


def get(url: str, headers: Mapping[str, str], timeout_s: float) -> bytes:
    """Send one GET and return the content of the answer; see `_ask`."""
    return _ask("GET", url, None, headers, timeout_s)


def _ask(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout_s: float
) -> bytes:
    """Send one request and return the content of the answer.

    Redirects are not followed, since a key in the headers is for this address only.

    Raises
    ------
    OutsideError
        Without a complete answer of status 200 or 201, within the time and size.
    """
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=timeout_s)
    late = Event()
    try:
        connection.connect()
        watch = _hang_up_later(connection.sock, late, timeout_s)
        try:
            connection.request(method, _target(parts), body, dict(headers))
            return _read(connection, late, timeout_s)
        finally:
            watch.cancel()
    except (OSError, HTTPException, ValueError) as error:  # TLS hung up on is a ValueError.
        if late.is_set() or isinstance(error, TimeoutError):
            raise _too_late(timeout_s) from error
        raise OutsideError(f"the connection failed ({type(error).__name__})") from error
    finally:
        connection.close()


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _read(connection: HTTPConnection, late: Event, timeout_s: float) -> bytes:
    with connection.getresponse() as response:
        if response.status not in _DONE:
            raise OutsideError(f"it answered with HTTP status {response.status}")
        content = response.read(MOST_BYTES + 1)
        rest = response.length
    if late.is_set():
        raise _too_late(timeout_s)
    if len(content) > MOST_BYTES:
        raise OutsideError(f"its answer is larger than {MOST_BYTES} bytes")
    if rest:
        raise OutsideError(f"its answer ended {rest} bytes early")
    return content


def _hang_up_later(sock: socket.socket, late: Event, timeout_s: float) -> Timer:
    """Start a timer that ends the connection.

    The time limit of a socket is for each read of it, and starts anew with every byte.
    """

    def hang_up() -> None:
        late.set()
        with suppress(OSError):  # It has ended by itself in the meantime.
            sock.shutdown(socket.SHUT_RDWR)

    watch = Timer(timeout_s, hang_up)
    watch.daemon = True
    watch.start()
    return watch


def _too_late(timeout_s: float) -> OutsideError:
    return OutsideError(f"it did not answer within {timeout_s:.3g} s")
