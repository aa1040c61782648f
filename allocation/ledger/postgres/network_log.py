"""The network's versions in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allocation.ledger.network_rows import NetworkRow, NetworkRows
from allocation.ledger.postgres.database import PostgresDatabase
from allocation.ledger.postgres.queries import Connection

VERSION: Final = "SELECT version FROM network_head"
NEXT: Final = "UPDATE network_head SET version = version + 1 WHERE version = %s"
ADD_ROWS: Final = """
WITH given AS (SELECT %s::text[] AS kinds, %s::text[] AS ids, %s::bigint AS version,
    %s::bytea[] AS contents)
INSERT INTO network_row (kind, id, version, content)
SELECT n.kind, n.id, given.version, n.content
FROM given, unnest(given.kinds, given.ids, given.contents) AS n (kind, id, content)
"""
LATEST: Final = """
SELECT DISTINCT ON (kind, id) kind, id, content FROM network_row
WHERE version > %s AND version <= %s ORDER BY kind, id, version DESC
"""


class PostgresNetworkLog:
    """Implements `NetworkLog`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def version(self) -> int:
        """See `NetworkLog.version`."""
        return self._database.read(_version)

    def add(self, rows: Sequence[NetworkRow], *, after: int) -> int | None:
        """See `NetworkLog.add`."""

        def add(connection: Connection) -> int | None:
            if connection.execute(NEXT, (after,)).rowcount != 1:
                return None
            if rows:
                values = (
                    [row.kind for row in rows],
                    [row.id for row in rows],
                    after + 1,
                    [row.content for row in rows],
                )
                connection.execute(ADD_ROWS, values)
            return after + 1

        return self._database.write(add, repeatable=False)

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
    return NetworkRows(upto, tuple(NetworkRow(row[0], row[1], bytes(row[2])) for row in found))


def _version(connection: Connection) -> int:
    row = connection.execute(VERSION).fetchone()
    return int(row[0]) if row else 0
