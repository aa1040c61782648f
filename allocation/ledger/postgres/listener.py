"""Hearing from PostgreSQL that another process has written."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Final

import psycopg
from psycopg import sql

COALESCE_S: Final = 0.025
"""Notifications that come within this time wake once."""

_LOOK_S: Final = 0.2
_RETRY_S: Final = 1.0


class Listener:
    """Listens on a connection of its own, in a thread of its own, and connects again if need be.

    Nothing may rely on it: what is said while it is not connected is lost, and a pooler
    between it and the database may keep everything back. Whoever is woken asks the database.

    Parameters
    ----------
    dsn
        libpq connection string.
    channel
        Where writers say that they have written.
    own
        What this process says there, and need not hear.
    wake
        Called in the listener's thread; it has to be quick.
    """

    def __init__(self, dsn: str, channel: str, own: str, wake: Callable[[], None]) -> None:
        self._dsn = dsn
        self._channel = channel
        self._own = own
        self._wake = wake
        self._stop = Event()
        self._thread = Thread(target=self._work, name="ledger-listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and let go of the connection. Repeatable."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(
                    self._dsn, autocommit=True, connect_timeout=5, keepalives_idle=30
                ) as connection:
                    self._listen(connection)
            except psycopg.Error:
                # The database is away; everybody goes on asking it from time to time.
                self._stop.wait(_RETRY_S)

    def _listen(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        # For what was said before anybody listened.
        self._wake()
        while not self._stop.is_set():
            heard = list(connection.notifies(timeout=_LOOK_S, stop_after=1))
            if heard:
                self._stop.wait(COALESCE_S)
                heard += connection.notifies(timeout=0)
                if any(note.payload != self._own for note in heard):
                    self._wake()
