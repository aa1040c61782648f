"""How the SQLite store finds what it looks for again and again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from allocation.ledger.conformance.scene import at, hold, key, stock, want
from allocation.ledger.sqlite import SqliteLedger, sql, waiting_sql
from allocation.ledger.sqlite.connect import connect
from allocation.ledger.sqlite.many import KeysStatement, RowsStatement
from allocation.ledger.sqlite.transaction import SqliteTransaction

GROWING = {"plan", "plan_row", "entry", "decision", "request", "p", "r", "e"}
"""Tables that have a row for every hold there ever was, and what statements call them."""

ASKED_ALL_THE_TIME = {
    "whether anything is due": sql.ANY_DUE,
    "what is swept": sql.DUE_PLANS,
    "who waits": waiting_sql.WAITING_PLANS,
    "where to allot": waiting_sql.PLACES_TO_ALLOT,
    "where to date": waiting_sql.PLACES_TO_DATE,
    "what has changed": sql.CHANGED_AVAILABLE,
    "what has changed, in full": sql.CHANGED_DETAILS,
    "what is available of items": sql.AVAILABLE_OF_ITEMS,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(path)) as opened:
        yield opened


@pytest.fixture
def connection(path: Path, ledger: SqliteLedger) -> Iterator[sqlite3.Connection]:
    stock(ledger, 4)
    with closing(connect(path, 1.0)) as opened:
        yield opened


def scanned(connection: sqlite3.Connection, statement: str) -> set[str]:
    """Return what a statement goes through from one end to the other."""
    # Only the steps of the query are asked for, so no value matters.
    steps = connection.execute(f"EXPLAIN QUERY PLAN {statement}", _Anything())
    words = [str(row[3]).split() for row in steps]
    return {each[1] for each in words if each[0] == "SCAN"}


class _Anything(dict[str, None]):
    """A value for every parameter, named or not."""

    def __missing__(self, name: str) -> None:
        return None


@pytest.mark.parametrize("statement", ASKED_ALL_THE_TIME.values(), ids=ASKED_ALL_THE_TIME)
def test_what_is_asked_all_the_time_goes_through_no_table_that_grows(
    connection: sqlite3.Connection, statement: str
) -> None:
    named = statement.replace("?", ":value")
    assert not scanned(connection, named) & GROWING


def test_a_statement_that_goes_through_all_plans_would_be_found(
    connection: sqlite3.Connection,
) -> None:
    assert scanned(connection, "SELECT plan_id FROM plan WHERE revision = 7") & GROWING


def test_due_plans_are_looked_for_among_those_that_are_due(
    connection: sqlite3.Connection,
) -> None:
    queries: list[str] = []
    connection.set_trace_callback(queries.append)
    statement: KeysStatement = sql.DUE_PLANS_ON
    assert statement.rows(connection, [("mug", "dallas", "")], (0,)) == []
    connection.set_trace_callback(None)
    assert not scanned(connection, queries[-1]) & GROWING


def test_plans_on_a_level_without_a_lot_are_found_as_well(
    connection: sqlite3.Connection, ledger: SqliteLedger
) -> None:
    stock(ledger, 4, key(lot="L1"))
    hold(ledger, "plain")
    hold(ledger, "of a lot", want(key(lot="L1")))
    hold(ledger, "both", want(), want(key(lot="L1"), line="2"))
    hold(ledger, "committed")
    ledger.commit("committed", now=at(2))
    hold(ledger, "released")
    ledger.release("released", now=at(2))
    transaction = SqliteTransaction(connection)
    on_plain = [plan.plan_id for plan in transaction.plans_on([key()])]
    on_lot = [plan.plan_id for plan in transaction.plans_on([key(lot="L1")])]
    on_both = [plan.plan_id for plan in transaction.plans_on([key(lot="L1"), key()])]
    assert on_plain == ["both", "committed", "plain"]
    assert on_lot == ["both", "of a lot"]
    assert on_both == ["both", "committed", "of a lot", "plain"]


def test_a_hold_that_ran_out_does_not_count_in_any_read_before_it_is_swept(
    ledger: SqliteLedger,
) -> None:
    stock(ledger, 4)
    hold(ledger, "short", want(quantity=3), until=10)
    hold(ledger, "long", want(quantity=1), until=100)
    version = ledger.levels(now=at(2)).version
    for seconds, held in ((9, 4), (10, 1)):
        now = at(seconds)
        assert [each.buckets.held for each in ledger.levels(now=now).levels] == [held]
        (level,) = ledger.levels(now=now, location_ids=[key().location_id]).levels
        assert level.buckets.held == held
        (row,) = ledger.snapshot(now=now).rows
        assert row.available == 4 - held
        (row,) = ledger.snapshot(now=now, item_ids=[key().item_id]).rows
        assert row.available == 4 - held
        (row,) = ledger.available_since(0, now=now).rows
        assert row.available == 4 - held
        (change,) = ledger.changes_since(0, now=now).changes
        assert change.level.buckets.held == held
    assert ledger.levels(now=at(10)).version == version


@pytest.mark.parametrize("count", [1, 2, 7, 9, 17, 40, 41, 129, 1_024, 1_025, 2_100])
def test_rows_are_written_by_statements_of_few_sizes_and_none_of_what_fills_them_up(
    count: int,
) -> None:
    statement = RowsStatement(
        "INSERT INTO thing (id, name) SELECT * FROM (", 2, ") WHERE column1 <> 0"
    )
    rows = [(number, None if number % 3 else "thing") for number in range(1, count + 1)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT) STRICT")
        bound = 0
        for text, values in statement.of(rows):
            connection.execute(text, values)
            bound += len(values) // 2
        assert connection.execute("SELECT id, name FROM thing ORDER BY id").fetchall() == rows
    assert count <= bound <= max(count + 1, 1.25 * count)


def test_texts_of_any_kind_are_rows() -> None:
    statement = RowsStatement("INSERT INTO thing SELECT * FROM (", 1, ") WHERE column1 <> 0")
    rows = [("",), ("0",), ("a",)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE thing (name TEXT) STRICT")
        for text, values in statement.of(rows):
            connection.execute(text, values)
        assert connection.execute("SELECT name FROM thing ORDER BY name").fetchall() == rows
