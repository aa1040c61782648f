"""Many at work at once: nothing is oversold, nothing is lost, readers miss nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import key
from allocation.ledger.errors import InsufficientStockError, PlanExpiredError
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import LevelKey
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from routing.ids import LineId

KEYS = [key(item, place) for item in ("a", "b", "c") for place in ("reno", "dallas")]
WORKERS = 12


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


def now() -> datetime:
    return datetime.now(UTC)


def work(ledger: Ledger, worker: int, turns: int) -> int:
    """Do this and that; return how many holds were made."""
    random, made = Random(worker), 0
    for turn in range(turns):
        keys = random.sample(KEYS, 3)
        rows = [
            HoldRow(LineId(str(index)), 0, one, random.randint(1, 2))
            for index, one in enumerate(keys)
        ]
        plan_id = f"{worker} {turn}"
        lasts = timedelta(milliseconds=random.choice([5, 10_000]))
        try:
            # One look at the clock: by a second one, a short hold could be over before it began.
            moment = now()
            ledger.hold(plan_id, rows, expire_time=moment + lasts, now=moment)
            made += 1
            for step in random.choice(([], ["commit"], ["release"], ["commit", "fulfill"])):
                getattr(ledger, step)(plan_id, now=now())
        except InsufficientStockError:
            received = [Adjustment(AdjustmentKind.RECEIVE, one, 5) for one in keys]
            ledger.adjust(received, now=now())
        except PlanExpiredError:
            continue
        if turn % 10 == 0:
            ledger.sweep(now=now())
    return made


def follow(ledger: Ledger, version: int, done: threading.Event) -> dict[LevelKey, int]:
    """Return what is known at the end from changes alone."""
    known: dict[LevelKey, int] = {}
    while True:
        last = done.is_set()
        batch = ledger.changes_since(version, now=now(), limit=20)
        known.update((one.level.key, one.level.available) for one in batch.changes)
        version = batch.version
        if last and not batch.more:
            return known


def run_busy(ledger: Ledger, turns: int) -> None:
    start = ledger.snapshot(now=now()).version
    ledger.set_levels([LevelRow(one, 20) for one in KEYS], now=now())
    done = threading.Event()
    with ThreadPoolExecutor(WORKERS + 1) as pool:
        reader = pool.submit(follow, ledger, start, done)
        workers = [pool.submit(work, ledger, worker, turns) for worker in range(WORKERS)]
        made = [worker.result() for worker in workers]
        later = now() + timedelta(minutes=1)
        ledger.sweep(now=later, limit=100_000)
        done.set()
        known = reader.result()
    assert min(made) > 0
    levels = ledger.levels(now=later).levels
    assert {level.key: level.available for level in levels} == known
    assert ledger.audit(now=later).differences == ()
    assert all(level.available >= 0 and level.buckets.held == 0 for level in levels)


def test_a_busy_ledger_is_never_oversold_and_readers_miss_nothing(ledger: Ledger) -> None:
    run_busy(ledger, turns=20)


@pytest.mark.soak
def test_a_ledger_that_is_busy_for_long_is_never_oversold(ledger: Ledger) -> None:
    run_busy(ledger, turns=1_000)
