"""Looks at a SQLite file without making or changing anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from allocation.ledger.facts import Limits, StoreFacts
from allocation.ledger.figures_sql import VERSION
from allocation.ledger.read_figures import read_figures
from allocation.ledger.sqlite.connect import translated
from allocation.ledger.sqlite.file_place import check_place
from allocation.ledger.sqlite.schema import MIGRATIONS

_HAS_VERSION: Final = "SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'"
_WAIT_S: Final = 5.0


def examine_sqlite(path: Path, limits: Limits) -> StoreFacts:
    """Return what is known of a file; one that does not exist has no tables.

    Raises
    ------
    LedgerUnavailableError
        It cannot be where it is to be, cannot be read, or is no SQLite file.
    """
    check_place(path)
    facts = StoreFacts(
        software=f"SQLite {sqlite3.sqlite_version}",
        schema=0,
        known=len(MIGRATIONS),
        folder=path.absolute().parent,
        log_bytes=_size(Path(f"{path}-wal")),
    )
    if not path.exists():
        return facts
    address = f"{path.absolute().as_uri()}?mode=ro"
    with (
        translated(path),
        closing(sqlite3.connect(address, uri=True, timeout=_WAIT_S)) as connection,
    ):
        connection.execute("BEGIN")

        def ask(query: str, parameters: Sequence[Any]) -> Sequence[Sequence[Any]]:
            text = query.replace("%s", "?").replace("%%", "%")
            return connection.execute(text, parameters).fetchall()

        schema = int(ask(VERSION, ())[0][0]) if ask(_HAS_VERSION, ())[0][0] else 0
        figures = read_figures(ask, limits) if schema == facts.known else None
    return StoreFacts(
        software=facts.software,
        schema=schema,
        known=facts.known,
        folder=facts.folder,
        log_bytes=facts.log_bytes,
        figures=figures,
    )


def damage_of(path: Path) -> tuple[str, ...]:
    """Return what SQLite finds broken in a file; it reads all of it.

    Raises
    ------
    LedgerUnavailableError
        It cannot be read at all.
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    with (
        translated(path),
        closing(sqlite3.connect(address, uri=True, timeout=_WAIT_S)) as connection,
    ):
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(10)")]
    return () if found == ["ok"] else tuple(found)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
