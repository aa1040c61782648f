"""The ledger in PostgreSQL keeps every promise of the suite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from itertools import count, repeat
from threading import Event

import psycopg
import pytest

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.commands import Adjust
from allocation.ledger.conformance import LedgerConformance
from allocation.ledger.conformance.auditing import Tamper
from allocation.ledger.conformance.scene import (
    assert_clean,
    at,
    available,
    hold,
    key,
    stock,
    want,
)
from allocation.ledger.conformance.waiting_scene import commit as commit_waiting
from allocation.ledger.conformance.waiting_scene import hold as hold_waiting
from allocation.ledger.conformance.waiting_scene import supply, wait
from allocation.ledger.errors import LedgerSchemaError, LedgerUnavailableError
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.postgres import PostgresLedger, sql
from allocation.ledger.postgres.migrations import migrate
from allocation.ledger.postgres.schema import MIGRATIONS
from allocation.ledger.postgres.transaction import PostgresTransaction
from allocation.ledger.replies import RecallReply
from allocation.ledger.rows import key_values
from routing.ids import LotId
from tests.allocation.ledger.postgres_server import Server

OVERWRITE = """
UPDATE level SET on_hand = %s, unavailable = %s, held = %s, committed = %s, safety_stock = %s
WHERE item_id = %s AND location_id = %s AND lot_id = %s
"""


def connect(server: Server, schema: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.dsn, options=f"-c search_path={schema}")


class TestPostgresLedger(LedgerConformance):
    @pytest.fixture
    def ledger(self, postgres: PostgresLedger) -> PostgresLedger:
        return postgres

    @pytest.fixture
    def tamper(self, server: Server, schema: str, postgres: PostgresLedger) -> Tamper:
        def overwrite(key: LevelKey, buckets: Buckets) -> None:
            with connect(server, schema) as connection:
                connection.execute(OVERWRITE, (*buckets, *key_values(key)))

        return overwrite


def test_several_servers_on_one_database_see_each_other(
    server: Server, schema: str, postgres: PostgresLedger
) -> None:
    stock(postgres, 5)
    with closing(PostgresLedger(server.dsn, schema=schema)) as other:
        hold(other, request_id="r")
        assert hold(postgres, request_id="r").replayed
        version = postgres.snapshot(now=at(2)).version
        other.commit("p", now=at(3))
        assert len(postgres.changes_since(version, now=at(5)).changes) == 1
    assert available(postgres) == 4
    assert_clean(postgres)


def test_a_change_that_commits_late_is_not_missed(
    server: Server, schema: str, postgres: PostgresLedger
) -> None:
    stock(postgres, 5)
    stock(postgres, 5, key("lid"))
    start = postgres.snapshot(now=at(1)).version
    with connect(server, schema) as slow:
        # An older transaction that is still at work when a younger one has committed.
        slow.execute("SELECT pg_current_xact_id()")
        slow.execute("UPDATE level SET on_hand = 4 WHERE item_id = 'lid'")
        slow.execute(
            "INSERT INTO entry (version, time_us, item_id, location_id, lot_id, reason, on_hand, "
            "unavailable, held, committed, safety_stock, request_id, comment) "
            "SELECT pg_current_xact_id()::text::bigint, 0, 'lid', 'dallas', '', 'count', -1, "
            "0, 0, 0, 0, '', ''"
        )
        hold(postgres)
        for _ in range(2):
            early = postgres.changes_since(start, now=at(2))
            assert [one.level.key for one in early.changes] == [key()]
            assert early.version < early.changes[0].version, "the older write may still come"
    late = postgres.changes_since(early.version, now=at(3))
    assert {one.level.key.item_id for one in late.changes} == {"mug", "lid"}
    assert_clean(postgres)


def test_others_who_are_at_work_for_long_hold_nothing_back(
    server: Server, schema: str, postgres: PostgresLedger
) -> None:
    stock(postgres, 5)
    with connect(server, schema) as other:
        other.execute("CREATE TABLE theirs (number integer)")
        other.execute("INSERT INTO theirs VALUES (1)")
        reply = hold(postgres)
        batch = postgres.changes_since(0, now=at(2))
        assert batch.version >= reply.version
        assert postgres.snapshot(now=at(2)).version >= reply.version
        assert postgres.changes_since(batch.version, now=at(2)).changes == ()
        other.rollback()


@contextmanager
def others_act_after(
    monkeypatch: pytest.MonkeyPatch, read: str, act: Callable[[], object]
) -> Iterator[None]:
    """Let others write right after a transaction has read something for the first time."""
    original, acted = getattr(PostgresTransaction, read), Event()

    def reading(self: PostgresTransaction, *wanted: object) -> object:
        found = original(self, *wanted)
        if not acted.is_set():
            acted.set()
            act()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(PostgresTransaction, read, reading)
        yield
    assert acted.is_set()


def test_a_recall_names_a_plan_that_is_committed_while_it_looks(
    server: Server, schema: str, postgres: PostgresLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = key(lot="bad")
    stock(postgres, 5, bad)
    with closing(PostgresLedger(server.dsn, schema=schema)) as other:

        def commit() -> None:
            other.hold("late", [want(bad, 3)], expire_time=at(100), now=at(1))
            other.commit("late", now=at(1))

        with others_act_after(monkeypatch, "plans_on", commit):
            reply = postgres.recall(bad.item_id, LotId("bad"), now=at(2), request_id="r")
    assert reply.plan_ids == ("late",)
    assert available(postgres, bad) < 0
    assert_clean(postgres)


def in_the_meantime(
    server: Server, schema: str, pool: ThreadPoolExecutor, write: Callable[[], object]
) -> Future[object]:
    """Begin a write that has to wait for the one at work; return when it does."""
    writing = pool.submit(write)
    with connect(server, schema) as watcher:
        watcher.autocommit = True
        while not watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            assert not writing.done()
    return writing


@pytest.mark.parametrize("read", ["level_keys_of_lot", "claim"])
def test_what_comes_of_a_lot_while_it_is_recalled_is_set_aside(
    server: Server,
    schema: str,
    postgres: PostgresLedger,
    monkeypatch: pytest.MonkeyPatch,
    read: str,
) -> None:
    bad, late = (key(location=place, lot="bad") for place in ("dallas", "reno"))
    stock(postgres, 5, bad)
    receiving: list[Future[object]] = []
    with closing(PostgresLedger(server.dsn, schema=schema)) as other, ThreadPoolExecutor(1) as pool:

        def receive() -> None:
            write = partial(stock, other, 7, late)
            receiving.append(in_the_meantime(server, schema, pool, write))

        with others_act_after(monkeypatch, read, receive):
            reply = postgres.recall(bad.item_id, LotId("bad"), now=at(2), request_id="r")
        receiving[0].result()
    assert [level.key for level in reply.levels] == [bad]
    assert available(postgres, bad) == available(postgres, late) == 0
    assert_clean(postgres)


@pytest.mark.parametrize("read", ["levels", "claim"])
def test_a_recall_reaches_a_lot_that_is_just_being_received_for_the_first_time(
    server: Server,
    schema: str,
    postgres: PostgresLedger,
    monkeypatch: pytest.MonkeyPatch,
    read: str,
) -> None:
    bad = key(lot="bad")
    recalling: list[Future[object]] = []
    with closing(PostgresLedger(server.dsn, schema=schema)) as other, ThreadPoolExecutor(1) as pool:

        def recall() -> None:
            write = partial(other.recall, bad.item_id, LotId("bad"), now=at(2), request_id="r")
            recalling.append(in_the_meantime(server, schema, pool, write))

        with others_act_after(monkeypatch, read, recall):
            stock(postgres, 7, bad)
        reply = recalling[0].result()
    assert isinstance(reply, RecallReply)
    assert [level.key for level in reply.levels] == [bad]
    assert available(postgres, bad) == 0
    assert_clean(postgres)


def receive_mugs(ledger: PostgresLedger) -> object:
    received = Adjustment(AdjustmentKind.RECEIVE, key(), 1)
    return ledger.submit(Adjust(now=at(60), adjustments=(received,))).result()


@pytest.mark.parametrize("write", [receive_mugs, lambda ledger: ledger.sweep(now=at(60))])
def test_whoever_waits_for_a_plan_has_locked_none_that_comes_after_it(
    server: Server, schema: str, postgres: PostgresLedger, write: Callable[[PostgresLedger], object]
) -> None:
    supply(postgres, on_hand=2)
    hold_waiting(postgres, "z", wait(1, None), rows=(want(),), until=50)
    commit_waiting(postgres, "a", wait(1, None))
    with (
        connect(server, schema) as other,
        connect(server, schema) as watcher,
        ThreadPoolExecutor(1) as pool,
    ):
        watcher.autocommit = True
        other.execute("SELECT 1 FROM plan WHERE plan_id = 'a' FOR UPDATE")
        writing = pool.submit(write, postgres)
        while not watcher.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
            assert not writing.done()
        other.execute("SELECT 1 FROM plan WHERE plan_id = 'z' FOR UPDATE NOWAIT")
        other.rollback()
        writing.result()
    assert_clean(postgres, seconds=61)


def test_versions_go_on_growing_in_a_database_restored_elsewhere(
    server: Server, schema: str, postgres: PostgresLedger
) -> None:
    stock(postgres, 5)
    with connect(server, schema) as connection:
        connection.execute("ALTER TABLE entry DISABLE TRIGGER ALL")
        connection.execute("UPDATE entry SET version = version + 1000000")
        connection.execute("ALTER TABLE entry ENABLE TRIGGER ALL")
    with closing(PostgresLedger(server.dsn, schema=schema)) as restored:
        before = restored.snapshot(now=at(1)).version
        assert [one.level.key for one in restored.changes_since(0, now=at(1)).changes] == [key()]
        hold(restored)
        assert len(restored.changes_since(before, now=at(2)).changes) == 1


def test_an_older_database_is_brought_up_to_date_with_its_content(
    server: Server, schema: str
) -> None:
    with psycopg.connect(server.dsn) as connection:
        migrate(connection, schema, upto=1)
    with connect(server, schema) as connection:
        connection.execute(
            "INSERT INTO level VALUES "
            "('mug', 'dallas', '', 'engine', 3, 0, 0, 0, 0, '[]', NULL, 0, NULL, NULL)"
        )
    with closing(PostgresLedger(server.dsn, schema=schema)) as ledger:
        assert available(ledger) == 3
    with connect(server, schema) as connection:
        found = connection.execute("SELECT version FROM schema_version ORDER BY version")
        assert [version for (version,) in found] == list(range(1, len(MIGRATIONS) + 1))


def test_a_newer_database_is_refused(server: Server, schema: str) -> None:
    with psycopg.connect(server.dsn) as connection:
        migrate(connection, schema)
    with connect(server, schema) as connection:
        connection.execute("INSERT INTO schema_version VALUES (999)")
    with pytest.raises(LedgerSchemaError, match="999"):
        PostgresLedger(server.dsn, schema=schema)


def test_entries_cannot_be_changed_or_deleted(
    server: Server, schema: str, postgres: PostgresLedger
) -> None:
    stock(postgres, 5)
    for statement in ("UPDATE entry SET on_hand = 9", "DELETE FROM entry"):
        with (
            pytest.raises(psycopg.errors.RaiseException, match="never"),
            connect(server, schema) as connection,
        ):
            connection.execute(statement)


def test_a_write_gives_up_when_another_transaction_keeps_a_row(server: Server, schema: str) -> None:
    with closing(PostgresLedger(server.dsn, schema=schema, patience_s=0.2)) as ledger:
        stock(ledger, 5)
        with connect(server, schema) as other:
            other.execute("SELECT * FROM level FOR UPDATE")
            with pytest.raises(LedgerUnavailableError):
                hold(ledger)
        hold(ledger)
        assert available(ledger) == 4


def test_a_database_that_is_not_there_cannot_be_used() -> None:
    with pytest.raises(LedgerUnavailableError):
        PostgresLedger("postgresql://nobody@/none?host=/nowhere", patience_s=0.1)


def plan_of(connection: psycopg.Connection[tuple[object, ...]], statement: str) -> str:
    """Return how a statement is run whose plan is made once, for whatever values come."""
    numbers = count(1)
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        name = match[1]
        return f"${next(numbers) if name is None else names.setdefault(name, len(names) + 1)}"

    text = re.sub(r"%(?:\((\w+)\))?s", number, statement)
    rows = connection.execute(f"EXPLAIN (GENERIC_PLAN) {text}").fetchall()
    return "\n".join(str(row[0]) for row in rows)


@pytest.mark.usefixtures("postgres")
@pytest.mark.parametrize(
    ("statement", "first"),
    [
        *zip(
            (
                sql.LOCK_LEVELS,
                sql.LOCK_PLANS,
                sql.PLAN_ROWS,
                sql.LOCK_DUE_PLANS_ON,
                sql.ANSWERS,
            ),
            repeat(sql.SETTLED),
        ),
        *zip(
            (
                sql.SAVE_LEVELS,
                sql.SAVE_PLANS,
                sql.SAVE_SERIALS,
                sql.LAST_VERSION_OF_BATCH,
                sql.CHANGES,
                sql.CHANGED_AVAILABLE,
                sql.CHANGED_DETAILS,
            ),
            repeat(sql.BY_INDEX),
        ),
    ],
)
def test_what_is_looked_up_all_the_time_is_never_looked_for_in_a_whole_table(
    server: Server, schema: str, statement: str, first: str
) -> None:
    """Also not by a plan that is made, and kept, while tables are nearly empty."""
    with connect(server, schema) as connection:
        connection.execute(first)
        plan = plan_of(connection, statement)
    assert "Index" in plan
    assert not re.search(r"Seq Scan on (level|plan|plan_row|entry|request|serial)\b", plan), plan
    assert not re.search(r"Index Scan using level_pkey on level\n *Filter", plan), plan
