"""Looks at a PostgreSQL schema without making or changing anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import psycopg

from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.facts import Limits, StoreFacts
from allocation.ledger.figures_sql import VERSION
from allocation.ledger.postgres.schema import MIGRATIONS
from allocation.ledger.read_figures import read_figures

_CONNECT_S: Final = 5
SETTINGS: Final = ("fsync", "full_page_writes")
"""What the database's own configuration decides about durability."""

_SOFTWARE: Final = "SELECT current_setting('server_version')"
_HAS_VERSION: Final = (
    "SELECT count(*) FROM pg_tables WHERE schemaname = %s AND tablename = 'schema_version'"
)
_CONNECTIONS: Final = (
    "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
    "current_setting('max_connections')::int"
)


def examine_postgres(dsn: str, limits: Limits, *, schema: str = "shipfrom") -> StoreFacts:
    """Return what is known of a database.

    Raises
    ------
    LedgerUnavailableError
        It cannot be reached, or not be read.
    """
    try:
        with psycopg.connect(dsn, connect_timeout=_CONNECT_S) as connection:
            return _examine(connection, limits, schema)
    except psycopg.Error as error:
        raise LedgerUnavailableError(f"the ledger's database cannot be read: {error}") from error


def _examine(connection: psycopg.Connection[Any], limits: Limits, schema: str) -> StoreFacts:
    def ask(query: str, parameters: Sequence[Any] = ()) -> Sequence[Sequence[Any]]:
        # The program's own constants: psycopg wants to be told so. Always with parameters,
        # so that %% means one sign in every query.
        text: Any = query
        return connection.execute(text, parameters).fetchall()

    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    ask("SELECT set_config('search_path', %s, true)", (schema,))
    version = int(ask(VERSION)[0][0]) if ask(_HAS_VERSION, (schema,))[0][0] else 0
    used, most = ask(_CONNECTIONS)[0]
    time: datetime = ask("SELECT clock_timestamp()")[0][0]
    return StoreFacts(
        software=f"PostgreSQL {ask(_SOFTWARE)[0][0]}",
        schema=version,
        known=len(MIGRATIONS),
        settings={name: str(ask("SELECT current_setting(%s)", (name,))[0][0]) for name in SETTINGS},
        connections=(int(used), int(most)),
        time=time.astimezone(UTC),
        figures=read_figures(ask, limits) if version == len(MIGRATIONS) else None,
    )
