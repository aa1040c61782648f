"""The threads that write to PostgreSQL tell others of it, whatever becomes of the last write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from allocation.ledger.core.jobs import Job, future_and_tell
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.postgres import writers as writers_module
from allocation.ledger.postgres.runner import Committing
from allocation.ledger.postgres.writers import GroupWriters


class NoDatabase:
    """A runner and its connection, with nothing behind them."""

    def run(self, attempt: Callable[[Any, Committing], Any], **_: bool) -> Any:
        return attempt(self, Committing())

    def commit(self) -> None:
        """Nothing was written."""


def test_a_write_that_left_the_telling_to_one_that_is_refused_is_told_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writers_module, "_OFTEN_S", float("inf"))
    told: list[str] = []
    everything_is_queued = threading.Event()

    def writes(_: Any, requests: Sequence[Any], *__: Any) -> Sequence[Any]:
        everything_is_queued.wait()
        return requests

    def is_refused(_: Any, requests: Sequence[Any], *__: Any) -> Sequence[Any]:
        return [LedgerUnavailableError("no")] * len(requests)

    runner: Any = NoDatabase()
    writers = GroupWriters(runner, 1, lambda: told.append("written"))
    for work in (writes, is_refused):
        _, tell = future_and_tell()
        writers.submit([Job(work, "asked", 0, tell)])
    everything_is_queued.set()
    writers.close()
    assert told == ["written"]


def test_nothing_is_told_where_all_is_refused() -> None:
    told: list[str] = []
    runner: Any = NoDatabase()
    writers = GroupWriters(runner, 1, lambda: told.append("written"))
    _, tell = future_and_tell()
    writers.submit([Job(lambda _, asked, *__: [ValueError("no") for _ in asked], None, 0, tell)])
    writers.close()
    assert not told
