"""The network's versions in a SQLite file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allocation.ledger.network_rows import NetworkRow, NetworkRows
from allocation.ledger.sqlite.database import Connection, SqliteDatabase

VERSION: Final = "SELECT version FROM network_head"
NEXT: Final = "UPDATE network_head SET version = version + 1 WHERE version = ?"
ADD_ROW: Final = "INSERT INTO network_row (kind, id, version, content) VALUES (?, ?, ?, ?)"
LATEST: Final = """
SELECT kind, id, content, max(version) FROM network_row
WHERE version > ? AND version <= ? GROUP BY kind, id ORDER BY kind, id
"""
"""Of each entity the content of its greatest version: SQLite takes bare columns from that row."""


class SqliteNetworkLog:
    """Implements `NetworkLog`."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    def version(self) -> int:
        """See `NetworkLog.version`."""
        return self._database.read(_version)

    def add(self, rows: Sequence[NetworkRow], *, after: int) -> int | None:
        """See `NetworkLog.add`."""

        def add(connection: Connection) -> int | None:
            if connection.execute(NEXT, (after,)).rowcount != 1:
                return None
            connection.executemany(
                ADD_ROW, [(row.kind, row.id, after + 1, row.content) for row in rows]
            )
            return after + 1

        return self._database.write(add)

    def since(self, version: int) -> NetworkRows:
        """See `NetworkLog.since`."""

        def read(connection: Connection) -> NetworkRows:
            return _between(connection, version, _version(connection))

        return self._database.read(read)

    def at(self, version: int) -> NetworkRows:
        """See `NetworkLog.at`."""
        return self._database.read(lambda connection: _between(connection, 0, version))


def _between(connection: Connection, after: int, upto: int) -> NetworkRows:
    found = connection.execute(LATEST, (after, upto))
    return NetworkRows(
        upto, tuple(NetworkRow(kind, name, content) for kind, name, content, *_ in found)
    )


def _version(connection: Connection) -> int:
    row = connection.execute(VERSION).fetchone()
    return int(row[0]) if row else 0
