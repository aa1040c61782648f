"""The ledger in a SQLite file keeps every promise of the suite."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from allocation.ledger.conformance import LedgerConformance
from allocation.ledger.conformance.auditing import Tamper
from allocation.ledger.conformance.scene import assert_clean, at, available, hold, stock
from allocation.ledger.errors import (
    LedgerSchemaError,
    LedgerUnavailableError,
    PlanAlreadyReleasedError,
)
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.rows import key_values
from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.sqlite.connect import connect
from allocation.ledger.sqlite.migrations import migrate
from allocation.ledger.sqlite.schema import MIGRATIONS

OVERWRITE = """
UPDATE level SET on_hand = ?, unavailable = ?, held = ?, committed = ?, safety_stock = ?
WHERE item_id = ? AND location_id = ? AND lot_id = ?
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(path)) as opened:
        yield opened


class TestSqliteLedger(LedgerConformance):
    @pytest.fixture
    def tamper(self, path: Path) -> Tamper:
        def overwrite(key: LevelKey, buckets: Buckets) -> None:
            with closing(connect(path, 1.0)) as connection:
                connection.execute(OVERWRITE, (*buckets, *key_values(key)))

        return overwrite


def test_everything_is_still_there_after_closing_and_opening(path: Path) -> None:
    with closing(SqliteLedger(path)) as first:
        stock(first, 5)
        made = hold(first, request_id="r").plan
        entries = first.entries()
    with closing(SqliteLedger(path)) as second:
        assert second.get_plan("p", now=at(2)) == made
        assert second.entries() == entries
        assert hold(second, request_id="r").replayed
        assert available(second) == 4
        assert_clean(second)


def test_several_ledgers_on_one_file_see_each_other(path: Path, ledger: SqliteLedger) -> None:
    stock(ledger, 5)
    with closing(SqliteLedger(path)) as other:
        hold(other)
        version = ledger.snapshot(now=at(2)).version
        other.release("p", now=at(3))
        with pytest.raises(PlanAlreadyReleasedError):
            ledger.commit("p", now=at(4))
        assert len(ledger.changes_since(version, now=at(5)).changes) == 1


def test_every_commit_is_flushed_to_disk(ledger: SqliteLedger) -> None:
    connection = ledger._database._writer._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_closed_ledger_says_that_it_cannot_be_used(ledger: SqliteLedger) -> None:
    ledger.close()
    ledger.close()
    with pytest.raises(LedgerUnavailableError):
        stock(ledger, 1)
    with pytest.raises(LedgerUnavailableError):
        ledger.levels(now=at(0))


def test_a_file_that_is_no_database_cannot_be_used(path: Path) -> None:
    path.write_bytes(b"not a database" * 1_000)
    with pytest.raises(LedgerUnavailableError):
        SqliteLedger(path)


def test_a_write_gives_up_when_another_process_keeps_the_file(path: Path) -> None:
    with closing(SqliteLedger(path, busy_timeout_s=0.05)) as ledger:
        stock(ledger, 5)
        with closing(connect(path, 1.0)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerUnavailableError):
                hold(ledger)
            other.execute("ROLLBACK")
        hold(ledger)
        assert available(ledger) == 4


def test_an_older_database_is_brought_up_to_date_with_its_content(path: Path) -> None:
    with closing(connect(path, 1.0)) as connection:
        migrate(connection, upto=1)
        connection.execute(
            "INSERT INTO level VALUES "
            "('mug', 'dallas', '', 'engine', 3, 0, 0, 0, 0, '[]', NULL, 0, NULL, NULL)"
        )
    with closing(SqliteLedger(path)) as ledger:
        assert available(ledger) == 3
    with closing(connect(path, 1.0)) as connection:
        found = connection.execute("SELECT version FROM schema_version ORDER BY version")
        assert [version for (version,) in found] == list(range(1, len(MIGRATIONS) + 1))


def fill_by_hand(connection: sqlite3.Connection) -> None:
    """Write what every version would have: five mugs, of which three plans have one each."""
    us = 1_000_000
    created, soon, later = (int(at(seconds).timestamp()) * us for seconds in (1, 10, 100))
    key = "'mug', 'dallas', ''"
    connection.execute(
        f"INSERT INTO level VALUES ({key}, 'engine', 5, 0, 2, 1, 0, '[]', NULL, {created}, "
        "NULL, NULL)"
    )
    columns = "entry_id, version, time_us, item_id, location_id, lot_id, reason, on_hand, "
    columns += "unavailable, held, committed, safety_stock, plan_id, line_id, request_id, comment"
    moves = [("feed", 5, 0, 0, "NULL"), *(("hold", 0, 1, 0, f"'{plan}'") for plan in "abc")]
    moves.append(("commit", 0, -1, 1, "'c'"))
    for number, (reason, on_hand, held, committed, plan) in enumerate(moves, start=1):
        connection.execute(
            f"INSERT INTO entry ({columns}) VALUES ({number}, {number}, {created}, {key}, "
            f"'{reason}', {on_hand}, 0, {held}, {committed}, 0, {plan}, NULL, '', '')"
        )
    plans = (("a", soon, "held"), ("b", later, "held"), ("c", later, "committed"))
    for plan, expire_us, state in plans:
        commit_us = created if state == "committed" else "NULL"
        connection.execute(
            "INSERT INTO plan (plan_id, payload, create_us, expire_us, revision, state) "
            f"VALUES ('{plan}', x'', {created}, {expire_us}, 1, '{state}')"
        )
        connection.execute(
            "INSERT INTO plan_row (plan_id, row_number, line_id, part, item_id, location_id, "
            "lot_id, quantity, state, commit_us, expire_us) "
            f"VALUES ('{plan}', 0, '1', 0, {key}, 1, '{state}', {commit_us}, {expire_us})"
        )


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_holds_and_commitments_of_every_earlier_version_go_on(path: Path, version: int) -> None:
    with closing(connect(path, 1.0)) as connection:
        migrate(connection, upto=version)
        fill_by_hand(connection)
    with closing(SqliteLedger(path)) as ledger:
        assert available(ledger, seconds=5) == 2
        # The first of the holds has run out, swept or not.
        assert available(ledger, seconds=20) == 3
        assert_clean(ledger, seconds=5)
        assert ledger.sweep(now=at(20)).expired == ("a",)
        ledger.commit("b", now=at(21))
        ledger.release("c", now=at(21))
        hold(ledger, "d", seconds=22)
        assert available(ledger, seconds=23) == 3
        assert_clean(ledger, seconds=23)


def test_a_newer_database_is_refused_and_left_alone(path: Path) -> None:
    with closing(connect(path, 1.0)) as connection:
        migrate(connection)
        connection.execute("INSERT INTO schema_version VALUES (999)")
    before = path.read_bytes()
    with pytest.raises(LedgerSchemaError, match="999"):
        SqliteLedger(path)
    assert path.read_bytes() == before


def test_entries_cannot_be_changed_or_deleted(path: Path, ledger: SqliteLedger) -> None:
    stock(ledger, 5)
    with closing(connect(path, 1.0)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            connection.execute("UPDATE entry SET on_hand = 9")
        with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
            connection.execute("DELETE FROM entry")


def test_a_writer_waits_for_a_process_that_has_the_file_to_itself_for_a_moment(path: Path) -> None:
    SqliteLedger(path).close()
    has_it = threading.Event()

    def keep_for_a_moment() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
            other.execute("BEGIN EXCLUSIVE")
            has_it.set()
            time.sleep(0.2)
            other.execute("ROLLBACK")

    thread = threading.Thread(target=keep_for_a_moment)
    thread.start()
    assert has_it.wait(10)
    with closing(connect(path, 0.0)) as connection:
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (0,)
    thread.join()
