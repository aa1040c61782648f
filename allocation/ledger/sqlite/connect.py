"""Connections to the ledger's file."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.sqlite.known_levels import WritingConnection

C = TypeVar("C", bound=sqlite3.Connection)

_CACHE_KIB: Final = 32_768
"""Pages of the file that a writer keeps in memory; readers keep SQLite's own 2 MiB each."""

_CACHED_STATEMENTS: Final = 256
"""Statements for many rows come in several sizes each."""

_OPENING_S: Final = 10.0
_LOG_PAGES: Final = 16_000
"""Most pages are written again soon; the more of the log is copied at once, the fewer times."""
_PAUSES_S: Final = (0.0005, 0.001, 0.002, 0.003)


def connect(path: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """Open the file for use by one thread at a time.

    Write-ahead log with a flush to disk at every commit: what was answered survives the
    loss of power, not just of the process. The log is copied into the file every 64 MB.
    A new file is for its owner alone, as are those that SQLite makes beside it.
    """
    return _connect(path, busy_timeout_s, sqlite3.Connection)


def connect_writer(path: Path) -> WritingConnection:
    """Open the file for the thread that writes, in the same way; `begin_write` waits for others."""
    connection = _connect(path, 0.0, WritingConnection)
    with translated(path):
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        # A statement for many rows, or a savepoint, keeps the pages as they were before
        # in case it fails: in memory, not in a file of its own.
        connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _connect(path: Path, busy_timeout_s: float, factory: type[C]) -> C:
    with translated(path):
        _make(path)
        connection = sqlite3.connect(
            path,
            # Another process that opens or closes the file has it to itself for a moment.
            timeout=max(busy_timeout_s, _OPENING_S),
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_CACHED_STATEMENTS,
            factory=factory,
        )
        _patiently(connection, "PRAGMA journal_mode = WAL", _OPENING_S)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        connection.execute(f"PRAGMA busy_timeout = {round(busy_timeout_s * 1_000)}")
    return connection


def _make(path: Path) -> None:
    """Make the file if there is none; what cannot be is told by SQLite, in its own words."""
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def begin_write(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    """Begin a write transaction, waiting for other processes.

    SQLite's own waiting sleeps up to 100 ms at a time, which starves a process beside a
    busy one; this asks again every few milliseconds.

    Raises
    ------
    sqlite3.OperationalError
        Other processes kept the file locked for longer than `busy_timeout_s`.
    """
    _patiently(connection, "BEGIN IMMEDIATE", busy_timeout_s)


def _patiently(connection: sqlite3.Connection, statement: str, most_s: float) -> None:
    """Execute a statement, again and again while other processes keep the file locked.

    For changing the journal of a new file, SQLite itself does not wait at all.
    """
    give_up = time.monotonic() + most_s
    attempt = 0
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() >= give_up:
                raise
        else:
            return
        time.sleep(_PAUSES_S[attempt % len(_PAUSES_S)])
        attempt += 1


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into `LedgerUnavailableError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise unavailable(path, error) from error


def unavailable(path: Path, error: sqlite3.Error) -> LedgerUnavailableError:
    """Return what a caller is told about an error of the store."""
    return LedgerUnavailableError(
        f"the ledger's database {path.name} cannot be used: {error}; try again, and look at "
        "the disk if it goes on"
    )


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return (error.sqlite_errorcode & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
