"""Long feeds, stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from allocation.ledger import feed_session
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import (
    assert_clean,
    at,
    available,
    hold,
    key,
    level,
    stock,
    want,
)
from allocation.ledger.errors import LedgerUnavailableError, RequestIdReusedError
from allocation.ledger.feed import FeedKind, LevelRow
from allocation.ledger.feed_session import FeedSession
from allocation.ledger.level import StockOwner
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.named_keys import NamedKeys
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.replies import FeedReply
from allocation.ledger.sqlite import SqliteLedger


@pytest.fixture(autouse=True)
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_session, "STRETCH_ROWS", 3)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "memory":
        yield MemoryLedger()
    elif request.param == "sqlite":
        with closing(SqliteLedger(tmp_path / "ledger.db")) as opened:
            yield opened
    else:
        found: PostgresLedger = request.getfixturevalue("postgres")
        yield found


class Clock:
    """One second later each time it is looked at."""

    def __init__(self, seconds: float = 10) -> None:
        self._seconds = count(seconds)

    def __call__(self) -> datetime:
        return at(next(self._seconds))


def rows(*numbers: int, quantity: int = 5) -> list[LevelRow]:
    return [LevelRow(key(f"item {number:02}"), quantity) for number in numbers]


def session(ledger: Ledger, request_id: str = "", full: bool = False) -> FeedSession:
    kind = FeedKind.FULL if full else FeedKind.DELTA
    return FeedSession(ledger, Clock(), request_id=request_id, kind=kind)


def test_all_rows_are_taken_whatever_their_number(ledger: Ledger) -> None:
    feed = session(ledger)
    feed.add(rows(0))
    feed.add(rows(*range(1, 8)))
    # One stretch may still be on its way to the disk, and the last few rows wait for more.
    assert len(ledger.levels(now=at(50)).levels) in {3, 6}
    feed.add([])
    summary = feed.finish()
    assert (summary.accepted_rows, summary.refused_rows) == (8, 0)
    snapshot = ledger.snapshot(now=at(50))
    assert [row.available for row in snapshot.rows] == [5] * 8
    assert summary.version <= snapshot.version
    assert_clean(ledger)


def test_refused_rows_are_numbered_over_the_whole_feed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_session, "MOST_ERRORS", 2)
    feed = session(ledger)
    feed.add([*rows(0, 1, 2), *rows(3, quantity=-1), *rows(4), *rows(5, 6, quantity=-1)])
    summary = feed.finish()
    assert (summary.accepted_rows, summary.refused_rows) == (4, 3)
    assert [(error.row, error.path) for error in summary.errors] == [
        (3, "quantity"),
        (5, "quantity"),
    ]


def test_a_full_feed_sets_to_zero_what_none_of_its_stretches_names(ledger: Ledger) -> None:
    for row in rows(*range(12)):
        stock(ledger, 9, row.key)
    stock(ledger, 9, key("item 00", "reno"))
    stock(ledger, 9, key("item 00", lot="a"))
    feed = session(ledger, full=True)
    feed.add([*rows(1, 4, 7, 8), *rows(10, quantity=-1)])
    feed.finish()
    shown = {row.key: row.available for row in ledger.snapshot(now=at(50)).rows}
    assert shown.pop(key("item 00", "reno")) == 9, "a location that the feed does not name"
    assert shown.pop(key("item 10")) == 9, "its row was refused, but it is in the feed"
    assert {one for one, there in shown.items() if there} == {r.key for r in rows(1, 4, 7, 8)}
    assert shown[key("item 00", lot="a")] == 0
    assert_clean(ledger)


def test_what_comes_in_while_a_full_feed_is_read_is_not_set_to_zero(ledger: Ledger) -> None:
    stock(ledger, 9, key("late"))
    feed = FeedSession(ledger, Clock(10), kind=FeedKind.FULL)
    feed.add(rows(*range(4)))
    stock(ledger, 7, key("late"), seconds=11)
    feed.finish()
    assert available(ledger, key("late")) == 7


def test_a_feed_that_was_finished_changes_nothing_when_it_is_repeated(ledger: Ledger) -> None:
    def send(second: float) -> feed_session.FeedSummary:
        feed = FeedSession(ledger, Clock(second), request_id="f", kind=FeedKind.FULL)
        feed.add(rows(*range(7)))
        return feed.finish()

    first = send(10)
    stock(ledger, 3, key("item 01"), seconds=30)
    stock(ledger, 3, key("new"), seconds=30)
    again = send(40)
    assert (again.accepted_rows, again.errors) == (first.accepted_rows, first.errors)
    assert available(ledger, key("item 01")) == 3
    assert available(ledger, key("new")) == 3


class Breaking:
    """Passes so many writes of a feed on, then the store is away."""

    def __init__(self, ledger: Ledger, writes: int) -> None:
        self._ledger = ledger
        self._left = writes

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)

    def set_levels(self, *args: object, **kwargs: object) -> FeedReply:
        if self._left == 0:
            raise LedgerUnavailableError("away")
        self._left -= 1
        return self._ledger.set_levels(*args, **kwargs)  # type: ignore[arg-type]


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_a_feed_that_broke_off_is_finished_when_it_is_sent_again(writes: int) -> None:
    ledger = MemoryLedger()
    stock(ledger, 9, key("gone"))
    breaking: Ledger = Breaking(ledger, writes)  # type: ignore[assignment]
    for target in (breaking, ledger):
        feed = FeedSession(target, Clock(), request_id="f", kind=FeedKind.FULL)
        try:
            feed.add(rows(*range(8)))
            feed.finish()
        except LedgerUnavailableError:
            assert target is breaking
    assert available(ledger, key("gone")) == 0
    assert sum(row.available for row in ledger.snapshot(now=at(50)).rows) == 40
    assert sum(1 for row in ledger.entries() if row.entry.key != key("gone")) == 8


@pytest.mark.parametrize("other", [rows(0, 1, 2, 9), rows(0, 1, 2), rows(0, 1, 2, 3, 4)])
def test_an_id_is_for_one_feed(ledger: Ledger, other: list[LevelRow]) -> None:
    def send(content: list[LevelRow]) -> None:
        feed = session(ledger, "f")
        feed.add(content)
        feed.finish()

    send(rows(0, 1, 2, 3))
    with pytest.raises(RequestIdReusedError, match="'f' was used"):
        send(other)


def test_holds_go_on_between_the_stretches(ledger: Ledger) -> None:
    feed = session(ledger)
    feed.add(rows(*range(6)))
    hold(ledger, "p", want(key("item 01"), 4), seconds=20)
    feed.add(rows(*range(6, 9)))
    feed.finish()
    assert available(ledger, key("item 01")) == 1


def test_a_mirrored_full_feed_leaves_mirrored_levels_of_zero(ledger: Ledger) -> None:
    stock(ledger, 9, key("gone"), owner=StockOwner.MIRROR)
    feed = FeedSession(ledger, Clock(), owner=StockOwner.MIRROR, kind=FeedKind.FULL)
    feed.add(rows(0))
    feed.finish()
    assert level(ledger, key("gone")).owner is StockOwner.MIRROR
    assert available(ledger, key("gone")) == 0


def test_named_keys_are_told_from_others_that_look_alike() -> None:
    named = NamedKeys()
    assert named.missing([key("a")]) == [key("a")]
    named.add([key("a", "b"), key("a", "b", "c"), key("ab", "c")])
    named.add([])
    others = [key("a", "bc"), key("a", "c"), key("ab", "c", "d")]
    assert named.missing([*others, key("a", "b"), key("ab", "c"), key("a", "b", "c")]) == others
    assert named.missing([]) == []
