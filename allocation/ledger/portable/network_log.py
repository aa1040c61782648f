"""The network's versions in a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allocation.ledger.network_rows import NetworkRow, NetworkRows
from allocation.ledger.portable.sql import Sql, SqlDatabase

VERSION: Final = "SELECT version FROM network_head"
NEXT: Final = "UPDATE network_head SET version = version + 1 WHERE version = ?"
ADD_ROW: Final = "INSERT INTO network_row (kind, id, version, content) VALUES (?, ?, ?, ?)"
LATEST: Final = """
SELECT n.kind, n.id, n.content FROM network_row AS n
WHERE n.version > ? AND n.version <= ? AND NOT EXISTS (
    SELECT 1 FROM network_row AS later
    WHERE later.kind = n.kind AND later.id = n.id
    AND later.version > n.version AND later.version <= ?
)
ORDER BY n.kind, n.id
"""


class SqlNetworkLog:
    """Implements `NetworkLog` in a database, which its owner closes."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    def version(self) -> int:
        """See `NetworkLog.version`."""
        return self._database.read_sql(_version)

    def add(self, rows: Sequence[NetworkRow], *, after: int) -> int | None:
        """See `NetworkLog.add`."""

        def add(sql: Sql) -> int | None:
            if sql.run(NEXT, after).rowcount != 1:
                return None
            sql.run_many(ADD_ROW, [(row.kind, row.id, after + 1, row.content) for row in rows])
            return after + 1

        return self._database.write_sql(add, repeatable=False)

    def since(self, version: int) -> NetworkRows:
        """See `NetworkLog.since`."""
        return self._database.read_sql(lambda sql: _between(sql, version, _version(sql)))

    def at(self, version: int) -> NetworkRows:
        """See `NetworkLog.at`."""
        return self._database.read_sql(lambda sql: _between(sql, 0, version))


def _between(sql: Sql, after: int, upto: int) -> NetworkRows:
    found = sql.run(LATEST, after, upto, upto)
    return NetworkRows(upto, tuple(NetworkRow(row[0], row[1], bytes(row[2])) for row in found))


def _version(sql: Sql) -> int:
    return next((int(version) for (version,) in sql.run(VERSION)), 0)
