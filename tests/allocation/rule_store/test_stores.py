"""Every store of rule sets keeps every promise of the suite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from allocation.ledger.postgres.database import PostgresDatabase
from allocation.ledger.postgres.rule_store import PostgresRuleStore
from allocation.ledger.sqlite.database import SqliteDatabase
from allocation.ledger.sqlite.rule_store import SqliteRuleStore
from allocation.rule_store.conformance import RuleStoreConformance, activate, put
from allocation.rule_store.memory import MemoryRuleStore
from tests.allocation.ledger.postgres_server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.stop()


@pytest.fixture
def schema(request: pytest.FixtureRequest) -> str:
    return f"s{abs(hash(request.node.nodeid))}"


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def sqlite_store(sqlite_file: Path) -> Iterator[SqliteRuleStore]:
    with closing(SqliteDatabase(sqlite_file)) as database:
        yield SqliteRuleStore(database)


@pytest.fixture
def postgres_store(server: Server, schema: str) -> Iterator[PostgresRuleStore]:
    with closing(PostgresDatabase(server.dsn, schema=schema)) as database:
        yield PostgresRuleStore(database)


class TestMemoryRuleStore(RuleStoreConformance):
    @pytest.fixture
    def store(self) -> MemoryRuleStore:
        return MemoryRuleStore()


class TestSqliteRuleStore(RuleStoreConformance):
    @pytest.fixture
    def store(self, sqlite_store: SqliteRuleStore) -> SqliteRuleStore:
        return sqlite_store


class TestPostgresRuleStore(RuleStoreConformance):
    @pytest.fixture
    def store(self, postgres_store: PostgresRuleStore) -> PostgresRuleStore:
        return postgres_store


def test_everything_is_still_there_after_closing_and_opening(sqlite_file: Path) -> None:
    with closing(SqliteDatabase(sqlite_file)) as database:
        store = SqliteRuleStore(database)
        activated = activate(store, put(store, 1).revision)
    with closing(SqliteDatabase(sqlite_file)) as database:
        assert SqliteRuleStore(database).active() == (1, activated)


def test_two_processes_on_one_file_see_each_other(sqlite_file: Path) -> None:
    with (
        closing(SqliteDatabase(sqlite_file)) as one,
        closing(SqliteDatabase(sqlite_file)) as other,
    ):
        stored = put(SqliteRuleStore(one), 1)
        activate(SqliteRuleStore(other), stored.revision)
        assert SqliteRuleStore(one).activation_number() == 1


@pytest.mark.parametrize("table", ["rule_set", "rule_activation"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET comment = 'x'"])
def test_nobody_can_change_what_was_put_or_activated(
    sqlite_store: SqliteRuleStore,
    sqlite_file: Path,
    postgres_store: PostgresRuleStore,
    server: Server,
    schema: str,
    table: str,
    change: str,
) -> None:
    for store in (sqlite_store, postgres_store):
        activate(store, put(store, 1).revision)
    with (
        closing(sqlite3.connect(sqlite_file)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
    ):
        connection.execute(change.format(table))
    with (
        psycopg.connect(server.dsn, options=f"-c search_path={schema}") as postgres,
        pytest.raises(psycopg.errors.RaiseException, match="never changed"),
    ):
        postgres.execute(change.format(table))
