"""A long feed into SQLite while holds go on: rows per second, memory, how long holds wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

from allocation.ledger.feed import LevelRow
from allocation.ledger.feed_session import FeedSession
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import LevelKey
from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.view import LedgerView
from bench.harness.figures import percentile, rounded
from bench.harness.memory import peak_resident_mb, resident_mb
from bench.harness.processes import run_at_once
from routing.ids import ItemId, LineId, LocationId

LOCATIONS = 10
_MESSAGE_ROWS = 10_000
_MOST_S = 1_800.0


def measure_feed(path: Path, rows: int) -> dict[str, float | None]:
    """Feed so many levels into a new file, in a process of its own."""
    (found,) = run_at_once(_process, [(path, rows)], most_s=_MOST_S)
    return found


def _process(barrier: Barrier, path: Path, rows: int) -> dict[str, float | None]:
    del barrier
    ledger = SqliteLedger(path)
    ledger.set_levels([LevelRow(_key(0, LOCATIONS), 1_000_000)], now=_now())
    idle_mb = resident_mb()
    first_s = _feed(ledger, rows, 5, None)
    waits_s: list[float] = []
    again_s = _feed(ledger, rows, 6, waits_s)
    fed_mb = peak_resident_mb()
    view = LedgerView(ledger, _now())
    held_back_mb = resident_mb()
    found = {
        "rows_per_s": rounded(rows / first_s),
        "rows_per_s_with_holds": rounded(rows / again_s),
        "holds": len(waits_s),
        "hold_p50_ms": rounded(percentile([wait * 1_000 for wait in waits_s], 50), 3),
        "hold_p99_ms": rounded(percentile([wait * 1_000 for wait in waits_s], 99), 3),
        "idle_mb": rounded(idle_mb),
        "peak_mb": rounded(fed_mb),
        "peak_with_view_mb": rounded(peak_resident_mb()),
        "view_bytes_per_level": rounded((held_back_mb - fed_mb) * 2**20 / rows, 3),
        "file_mb": rounded(path.stat().st_size / 2**20),
    }
    del view
    ledger.close()
    return found


def _feed(ledger: SqliteLedger, rows: int, quantity: int, waits_s: list[float] | None) -> float:
    """Feed all levels; meanwhile hold, if the waits of that are asked for."""
    done = threading.Event()
    holding = threading.Thread(target=_hold, args=(ledger, done, waits_s))
    if waits_s is not None:
        holding.start()
    started_s = time.perf_counter()
    session = FeedSession(ledger, _now, request_id=f"feed-{quantity}")
    for message in _messages(rows, quantity):
        session.add(message)
    summary = session.finish()
    seconds = time.perf_counter() - started_s
    done.set()
    if waits_s is not None:
        holding.join()
    if (summary.accepted_rows, summary.refused_rows) != (rows, 0):
        raise RuntimeError(f"of {rows} rows, {summary.refused_rows} were refused")
    return seconds


def _hold(ledger: SqliteLedger, done: threading.Event, waits_s: list[float] | None) -> None:
    while not done.is_set() and waits_s is not None:
        plan_id = f"plan-{len(waits_s)}"
        rows = [HoldRow(LineId("1"), 0, _key(0, LOCATIONS), 1)]
        now, started_s = _now(), time.perf_counter()
        ledger.hold(plan_id, rows, expire_time=now + timedelta(hours=1), now=now)
        waits_s.append(time.perf_counter() - started_s)
        done.wait(0.005)


def _messages(rows: int, quantity: int) -> Iterator[list[LevelRow]]:
    for begin in range(0, rows, _MESSAGE_ROWS):
        numbers = range(begin, min(rows, begin + _MESSAGE_ROWS))
        yield [LevelRow(_key(n // LOCATIONS, n % LOCATIONS), quantity) for n in numbers]


def _key(item: int, location: int) -> LevelKey:
    return LevelKey(ItemId(f"item-{item:07}"), LocationId(f"location-{location:03}"))


def _now() -> datetime:
    return datetime.now(UTC)
