"""Servers on PostgreSQL hear of each other's writes, and hear again after the line was cut."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from threading import Event

import psycopg
import pytest

from allocation.ledger.conformance.scene import at, hold, key, stock
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.postgres import PostgresLedger
from allocation.server.stock_follower import StockFollower
from routing.ids import ItemId, LocationId
from tests.allocation.ledger.postgres_server import Server

LISTENING = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"
PATIENCE_S = 30.0


@pytest.fixture
def other(server: Server, schema: str) -> Iterator[PostgresLedger]:
    with closing(PostgresLedger(server.dsn, schema=schema)) as ledger:
        yield ledger


def until(holds: Callable[[], bool]) -> None:
    give_up_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < give_up_s
        time.sleep(0.01)


def listening(server: Server) -> list[int]:
    with psycopg.connect(server.dsn) as connection:
        return [pid for (pid,) in connection.execute(LISTENING).fetchall()]


def started(heard: Event) -> None:
    """Wait for the call that comes when somebody begins to listen."""
    assert heard.wait(PATIENCE_S)
    heard.clear()


def test_a_write_of_another_process_wakes_and_ones_own_does_not(
    postgres: PostgresLedger, other: PostgresLedger
) -> None:
    heard = Event()
    stop = postgres.listen(heard.set)
    started(heard)
    stock(postgres, 5)
    assert not heard.wait(0.3)
    hold(other)
    assert heard.wait(PATIENCE_S)
    stop()


def test_whoever_was_cut_off_listens_again(
    server: Server, postgres: PostgresLedger, other: PostgresLedger
) -> None:
    heard = Event()
    stop = postgres.listen(heard.set)
    started(heard)
    (pid,) = listening(server)
    with psycopg.connect(server.dsn) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (pid,))
    # What was said meanwhile is lost, so it wakes by itself when it is back.
    started(heard)
    stock(other, 5)
    assert heard.wait(PATIENCE_S)
    stop()


def test_nobody_listens_after_the_end(server: Server, schema: str) -> None:
    before = listening(server)
    for _ in range(3):
        with closing(PostgresLedger(server.dsn, schema=schema)) as ledger:
            heard = Event()
            stop = ledger.listen(heard.set)
            started(heard)
            stop()
            ledger.listen(heard.set)
            started(heard)
    until(lambda: listening(server) == before)


def test_a_follower_that_hardly_ever_looks_sees_what_another_process_wrote(
    postgres: PostgresLedger, other: PostgresLedger
) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    follower = StockFollower(postgres, now, time.monotonic, poll_s=3_600, most_stale_s=3_600)
    mug, dallas = ItemId("mug"), LocationId("dallas")
    try:
        stock(other, 5)
        until(lambda: follower.picture([mug]).matrix([mug], [dallas])[0].tolist() == [[5]])
        hold(other, seconds=2, until=10_000_000_000)
        until(lambda: follower.picture([mug]).matrix([mug], [dallas])[0].tolist() == [[4]])
    finally:
        follower.close()


def test_a_store_that_cannot_tell_says_nothing() -> None:
    heard = Event()
    ledger = MemoryLedger()
    stop = ledger.listen(heard.set)
    stock(ledger, 5, key())
    assert ledger.levels(now=at(1)).levels
    assert not heard.is_set()
    stop()
