"""The planning view keeps up with the ledger, and says when it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest

from allocation.ledger.api import Ledger
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import LevelKey
from allocation.ledger.memory import MemoryLedger
from allocation.server.stock_follower import StockFollower
from routing.ids import ItemId, LineId, LocationId

MUG = ItemId("mug")
RENO = LocationId("reno")
NOW = datetime(2026, 9, 1, tzinfo=UTC)
NEVER_S = 3_600.0


class Clocks:
    """A wall clock and seconds that tests set."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)


class AwayLedger:
    """A ledger that can go away, and lets a test wait until it was asked."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.is_away = False
        self.asked = Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def available_since(self, version: int, *, now: datetime) -> Any:
        self.asked.set()
        if self.is_away:
            raise LedgerUnavailableError("gone fishing")
        return self._ledger.available_since(version, now=now)


@contextmanager
def following(
    ledger: Any, clocks: Clocks, poll_s: float = NEVER_S, most_stale_s: float = 5.0
) -> Iterator[StockFollower]:
    follower = StockFollower(
        ledger, clocks.now, lambda: clocks.seconds, poll_s=poll_s, most_stale_s=most_stale_s
    )
    try:
        yield follower
    finally:
        follower.close()


def stock(ledger: Any, quantity: int) -> None:
    ledger.set_levels([LevelRow(LevelKey(MUG, RENO), quantity)], now=NOW)


def available(follower: StockFollower) -> int:
    figures, _ = follower.picture([MUG]).matrix([MUG], [RENO])
    return int(figures[0, 0])


def test_what_was_there_before_is_in_the_first_picture() -> None:
    ledger = MemoryLedger()
    stock(ledger, 3)
    with following(ledger, Clocks()) as follower:
        assert available(follower) == 3


def test_catching_up_shows_everything_that_was_there_when_it_was_asked_for() -> None:
    ledger = MemoryLedger()
    with following(ledger, Clocks()) as follower:
        for quantity in (3, 1, 4):
            stock(ledger, quantity)
            follower.catch_up().result(10)
            assert available(follower) == quantity
            assert follower.version == ledger.snapshot(now=NOW).version


def test_changes_are_seen_without_being_asked_for() -> None:
    ledger = AwayLedger(MemoryLedger())
    with following(ledger, Clocks(), poll_s=0.001) as follower:
        stock(ledger, 3)
        for _ in range(2):
            ledger.asked.clear()
            assert ledger.asked.wait(10)
        follower.close()
        assert available(follower) == 3


def test_a_hold_that_has_run_out_is_seen_when_it_matters_or_after_a_second() -> None:
    ledger, clocks = MemoryLedger(), Clocks()
    stock(ledger, 3)
    row = HoldRow(LineId("1"), 0, LevelKey(MUG, RENO), 3)
    with following(ledger, clocks) as follower:
        for later_s, sweep in ((0.5, True), (1.5, False)):
            expire_time = clocks.now() + timedelta(milliseconds=100)
            ledger.hold(f"p{sweep}", [row], expire_time=expire_time, now=clocks.now())
            follower.catch_up().result(10)
            assert available(follower) == 0
            clocks.seconds += later_s
            follower.catch_up(sweep=sweep).result(10)
            assert available(follower) == 3


def test_pictures_that_grew_too_old_are_not_given_out() -> None:
    ledger, clocks = AwayLedger(MemoryLedger()), Clocks()
    stock(ledger, 3)
    with following(ledger, clocks) as follower:
        ledger.is_away = True
        clocks.seconds = 5.0
        with pytest.raises(LedgerUnavailableError, match="gone fishing"):
            follower.catch_up().result(10)
        assert available(follower) == 3, "five seconds are within the limit"
        clocks.seconds = 5.1
        with pytest.raises(LedgerUnavailableError, match=r"5\.1 s old.*gone fishing") as caught:
            follower.picture([MUG])
        assert caught.value.metadata == {"stale_ms": "5100"}
        ledger.is_away = False
        follower.catch_up().result(10)
        assert follower.stale_s == 0
        assert available(follower) == 3


def test_whoever_stops_waiting_takes_nothing_away_from_others() -> None:
    ledger = MemoryLedger()
    with following(ledger, Clocks()) as follower:
        stock(ledger, 3)
        given_up, other = follower.catch_up(), follower.catch_up()
        given_up.cancel()
        other.result(10)
        assert available(follower) == 3


def test_a_closed_follower_says_so_and_can_be_closed_again() -> None:
    with following(MemoryLedger(), Clocks()) as follower:
        follower.close()
        with pytest.raises(LedgerUnavailableError):
            follower.catch_up()
