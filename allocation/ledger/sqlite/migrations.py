"""Bringing a database up to date; what its tables are is in `schema`."""

from __future__ import annotations

import sqlite3
from typing import Final

from allocation.ledger.schema_check import refuse_newer
from allocation.ledger.sqlite.schema import MIGRATIONS

CREATE_VERSION_TABLE: Final = """
CREATE TABLE IF NOT EXISTS schema_version (
    version INTEGER PRIMARY KEY
) STRICT
"""


def migrate(connection: sqlite3.Connection, upto: int = len(MIGRATIONS)) -> None:
    """Bring a database to version `upto`, all or nothing.

    Raises
    ------
    LedgerSchemaError
        The database was written by a newer version of the program; it is left alone.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        current = _version(connection)
        refuse_newer(current, known=len(MIGRATIONS))
        for version in range(current + 1, upto + 1):
            for statement in MIGRATIONS[version - 1]:
                connection.execute(statement)
            connection.execute("INSERT INTO schema_version (version) VALUES (?)", (version,))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    connection.execute(CREATE_VERSION_TABLE)
    (version,) = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    return int(version or 0)
