"""Holds and commits per second of the ledger, against what its store could do without it.

``python -m bench.ledger`` holds and commits orders of two lines on SQLite and PostgreSQL, hot
(8 levels, which run out) and cold, in one and two processes, counts afterwards with plain SQL
what was oversold or lost, and sets the figures against the same rows written by a bare program
in the same number of transactions. ``--feed`` adds feeds of a million levels, into the ledger and
through a server.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.harness.figures import median, percentile, rounded, shown
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.ledger_bare import run_bare
from bench.ledger_count import count
from bench.ledger_feed import measure_feed
from bench.ledger_load import run_load
from bench.ledger_scene import HOT_LEVELS, LINES, Load, Place
from bench.ledger_server_feed import measure_server_feed
from bench.postgres_server import PostgresServer

ROUNDS = 3
"""The ledger and the bare store take turns; the median of their ratios counts."""

COLD_LEVELS = 20_000
FEED_ROWS = 1_000_000
POSTGRES_WRITERS = 4
"""As many as the ledger has with its default number of connections."""

HEADERS = (
    "load", "writes/s", "bare/s", "ratio", "cpu us", "bare cpu us", "cpu ratio", "p50 ms", "p99 ms",
    "a batch", "refused", "oversold", "lost",
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 if anything was oversold or lost."""
    parser = common_parser("ledger", "Holds and commits per second, against a bare store.")
    parser.add_argument("--clients", type=int, default=64, help="waiting at once, per process")
    parser.add_argument("--orders", type=int, default=0, help="per process (default: 4000)")
    parser.add_argument("--feed", action="store_true", help="also feed a million levels")
    parser.add_argument("--folder", type=Path, default=None, help="of the files (default: /tmp)")
    options = parser.parse_args(arguments)
    orders = options.orders or (300 if options.small else 4_000)
    levels = 1_000 if options.small else COLD_LEVELS
    print(f"bench.ledger · {describe(options.seed)}")
    print(f"{options.clients} requests waiting per process, {orders} orders of {LINES} lines each,")
    print(f"{ROUNDS} rounds: medians, percentiles over all calls")
    print("writes: acknowledged holds and commits; bare: the same rows without a ledger, as many")
    print("in a transaction as in the ledger; times from the call to its answer; cpu: processor")
    print("time of the clients' process for a write (on a busy machine steadier than its speed)\n")
    loads = [
        Load(f"{heat}_{processes}", size, orders, options.clients, processes, options.seed)
        for heat, size in (("hot", HOT_LEVELS), ("cold", levels))
        for processes in (1, 2)
    ]
    outcome: dict[str, object] = {"bench": "ledger"}
    wrong = {"oversold": 0, "lost": 0}
    for store in ("sqlite", "postgres"):
        with _places(store, options.folder) as places:
            found = {load.name: _measure(load, places) for load in loads}
        print_table(store, HEADERS, [_cells(name, one) for name, one in found.items()])
        outcome[store] = found
        for key in wrong:
            wrong[key] += sum(int(one[key] or 0) for one in found.values())
    if options.feed:
        outcome["feed"] = _feed(
            100_000 if options.small else FEED_ROWS, options.folder, options.seed
        )
    finish({**outcome, **wrong}, seed=options.seed, record=options.record)
    return 1 if any(wrong.values()) else 0


@contextmanager
def _places(store: str, folder: Path | None) -> Iterator[Iterator[Place]]:
    """Yield places, each new and empty."""
    if store == "sqlite":
        with tempfile.TemporaryDirectory(prefix="shipfrom-bench-", dir=folder) as name:
            yield (Place(file=Path(name) / f"{number}.db") for number in range(1_000))
    else:
        with PostgresServer() as server:
            yield (Place(dsn=server.dsn, schema=f"bench_{n}") for n in range(1_000))


def _measure(load: Load, places: Iterator[Place]) -> dict[str, float | None]:
    rounds = [_round(load, places) for _ in range(ROUNDS)]
    calls = [call for one in rounds for call in one["calls_ms"]]
    return {
        "writes_per_s": rounded(median([one["writes_per_s"] for one in rounds])),
        "bare_per_s": rounded(median([one["bare_per_s"] for one in rounds])),
        "ratio": rounded(median([one["writes_per_s"] / one["bare_per_s"] for one in rounds]), 3),
        "cpu_us": rounded(median([one["cpu_us"] for one in rounds]), 3),
        "bare_cpu_us": rounded(median([one["bare_cpu_us"] for one in rounds]), 3),
        "cpu_ratio": rounded(median([one["bare_cpu_us"] / one["cpu_us"] for one in rounds]), 3),
        "p50_ms": rounded(percentile(calls, 50), 3),
        "p99_ms": rounded(percentile(calls, 99), 3),
        "batch": rounded(median([one["batch"] for one in rounds]), 3),
        **{key: sum(one[key] for one in rounds) for key in ("refused", "oversold", "lost")},
    }


def _round(load: Load, places: Iterator[Place]) -> dict[str, Any]:
    """Measure the ledger and, right after it, the bare store."""
    place = next(places)
    load.fill(place)
    outcomes = run_load(place, load)
    calls_ms = [latency_s * 1_000 for one in outcomes for latency_s in one.latencies_s]
    batch = len(calls_ms) / max(1, sum(one.batches for one in outcomes))
    held = [plan_id for one in outcomes for plan_id in one.held]
    committed = [plan_id for one in outcomes for plan_id in one.committed]
    bare_place = next(places)
    load.fill(bare_place)
    bare_per_s, bare_cpu_us = run_bare(bare_place, load, round(batch), POSTGRES_WRITERS)
    writes = len(held) + len(committed)
    return {
        "writes_per_s": writes / max(one.seconds for one in outcomes),
        "bare_per_s": bare_per_s,
        "cpu_us": sum(one.cpu_s for one in outcomes) / writes * 1_000_000,
        "bare_cpu_us": bare_cpu_us,
        "calls_ms": calls_ms,
        "batch": batch,
        "refused": sum(one.refused for one in outcomes),
        **count(place, held, committed, LINES),
    }


def _cells(name: str, one: dict[str, float | None]) -> list[str]:
    return [name, *(shown(value) for value in one.values())]


def _feed(rows: int, folder: Path | None, seed: int) -> dict[str, dict[str, float | None]]:
    with tempfile.TemporaryDirectory(prefix="shipfrom-bench-", dir=folder) as name:
        found = measure_feed(Path(name) / "feed.db", rows)
        _print_feed(f"a feed of {rows} levels into SQLite, with holds going on", found)
        served = measure_server_feed(Path(name) / "server.db", rows, seed)
        _print_feed(f"{rows} levels through SetLevels, with Allocate going on", served)
    return {"ledger": found, "server": served}


def _print_feed(title: str, found: dict[str, float | None]) -> None:
    cells = [[key.replace("_", " "), shown(value, 6)] for key, value in found.items()]
    print_table(title, ("", "figure"), cells)


if __name__ == "__main__":
    sys.exit(main())
