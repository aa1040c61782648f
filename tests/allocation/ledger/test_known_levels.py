"""What the writer remembers of levels is what the file has, whoever wrote and whatever failed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from allocation.ledger.commands import Hold
from allocation.ledger.conformance.scene import assert_clean, at, available, hold, key, stock, want
from allocation.ledger.core.batch import run_batch
from allocation.ledger.errors import InsufficientStockError
from allocation.ledger.level import Buckets, Level, LevelKey, StockOwner
from allocation.ledger.sqlite import SqliteLedger, known_levels
from allocation.ledger.sqlite.connect import connect
from allocation.ledger.sqlite.database import SqliteDatabase
from allocation.ledger.sqlite.known_levels import KnownLevels
from allocation.ledger.sqlite.transaction import SqliteTransaction
from routing.ids import ItemId


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with closing(SqliteDatabase(tmp_path / "ledger.db")) as opened:
        yield opened


@pytest.fixture
def ledger(database: SqliteDatabase) -> SqliteLedger:
    return SqliteLedger(database)


def held_in(connection: sqlite3.Connection) -> None:
    """Hold all four units of the usual level in a transaction that is open."""
    transaction = SqliteTransaction(connection)
    command = Hold(now=at(1), plan_id="undone", rows=(want(quantity=4),), expire_time=at(100))
    (answer,) = run_batch(transaction, [command])
    assert not isinstance(answer, Exception)
    transaction.finish()


def test_two_ledgers_that_take_turns_hold_each_unit_once(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(SqliteLedger(path)) as one, closing(SqliteLedger(path)) as other:
        stock(one, 10)
        for number in range(10):
            hold(other if number % 2 else one, f"p{number}")
        for ledger in (one, other):
            with pytest.raises(InsufficientStockError):
                hold(ledger, "too many")
        other.release("p0", now=at(2))
        hold(one, "again", seconds=3)
        assert_clean(other)


def test_what_another_program_writes_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with closing(SqliteLedger(path)) as ledger:
        stock(ledger, 4)
        hold(ledger)
        with closing(connect(path, 1.0)) as connection:
            connection.execute("UPDATE level SET on_hand = 1")
        with pytest.raises(InsufficientStockError):
            hold(ledger, "q")


def test_what_a_write_that_failed_had_written_is_forgotten(
    database: SqliteDatabase, ledger: SqliteLedger
) -> None:
    stock(ledger, 4)
    hold(ledger, "before")
    ledger.release("before", now=at(1))

    def fail(connection: sqlite3.Connection) -> None:
        held_in(connection)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        database.write(fail)
    hold(ledger, "after", want(quantity=4), seconds=2)
    assert_clean(ledger)


def test_what_one_of_several_writes_in_a_transaction_had_written_is_forgotten(
    database: SqliteDatabase, ledger: SqliteLedger
) -> None:
    stock(ledger, 4)
    hold(ledger, "before")
    go_on, begun = threading.Event(), threading.Event()

    def wait(_: sqlite3.Connection) -> None:
        begun.set()
        assert go_on.wait(10)

    def fail(connection: sqlite3.Connection) -> None:
        ledger_row = connection.execute("SELECT held FROM level").fetchone()
        assert ledger_row == (0,)
        held_in(connection)
        raise ValueError("no")

    ledger.release("before", now=at(1))
    waiting = database.submit(wait)
    assert begun.wait(10)
    # Both come while the first is at work, so they share a transaction.
    failing, fine = database.submit(fail), database.submit(lambda _: "fine")
    go_on.set()
    waiting.result(10)
    with pytest.raises(ValueError, match="no"):
        failing.result(10)
    assert fine.result(10) == "fine"
    hold(ledger, "after", want(quantity=4), seconds=2)
    assert_clean(ledger)


def test_a_transaction_that_cannot_be_committed_is_forgotten(
    database: SqliteDatabase, ledger: SqliteLedger
) -> None:
    stock(ledger, 4)

    def break_it(connection: sqlite3.Connection) -> None:
        held_in(connection)
        # A row of a plan that does not exist; looked at when the transaction ends.
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.execute(
            "INSERT INTO plan_row (plan_id, row_number, line_id, part, item_id, location_id, "
            "lot_id, quantity, state, expire_us) VALUES ('no', 0, '1', 0, 'mug', 'x', '', 1, "
            "'held', 0)"
        )

    with pytest.raises(Exception, match="FOREIGN KEY"):
        database.write(break_it)
    assert available(ledger) == 4
    hold(ledger, "after", want(quantity=4))
    assert_clean(ledger)


def level(number: int) -> tuple[LevelKey, Level]:
    level_key = key(ItemId(f"item {number}"))
    return level_key, Level(level_key, StockOwner.ENGINE, Buckets(number), at(0))


def test_no_more_levels_are_remembered_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_levels, "MOST_KNOWN", 3)
    levels: Any = dict(map(level, range(4)))
    known = KnownLevels()
    known.keep(list(levels.items())[:3])
    assert known.find(levels) == (dict(list(levels.items())[:3]), [key(ItemId("item 3"))])
    known.keep(list(levels.items())[3:])
    assert known.find(levels) == ({}, list(levels))
