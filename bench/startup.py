"""How soon a server serves: ``python -m bench.startup``.

A store with many locations, items and levels is filled once; then servers are started on it,
one after the other, and the time is taken from the start of the program to the entry "ready"
of its log, and to the first answer of Allocate, which is from a server that has planned
nothing before.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from bench.harness.figures import median, rounded, shown
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.service_processes import shipfrom, until_terminated
from bench.service_scene import ITEMS, Scene, answers, feed, make_scene, put_network
from routing.v1 import item_pb2

ROUNDS: Final = 5
AIM_S: Final = 2.0

HEADERS: Final = (
    "", "ready s", "first answer s", "cpu s", "MB resident", "MB together", "MB own",
)  # fmt: skip
"""Resident memory counts what workers share for each of them; together, it counts once."""


def big_scene(locations: int, items: int, seed: int) -> Scene:
    """Return a scene whose orders are for a few of its many items."""
    scene = make_scene(locations, 20, seed)
    more = (_more_item(number) for number in range(ITEMS, items))
    return Scene(scene.locations, (*scene.items, *more), scene.carried, scene.requests)


def _more_item(number: int) -> item_pb2.InventoryItem:
    item = item_pb2.InventoryItem(id=f"item-{number:06d}", sku=f"SKU-{number:06d}")
    item.weight_g.value = str(50 + number % 2_000)
    return item


def fill(folder: Path, store: str, scene: Scene) -> None:
    """Put the scene into a store."""
    with shipfrom(folder, store, 0) as running:
        put_network(running.target, scene)
        feed(running.target, scene)


def start_once(folder: Path, store: str, workers: int, scene: Scene) -> dict[str, float]:
    """Start a server and plan one order."""
    begun = time.monotonic()
    with shipfrom(folder, store, workers) as running:
        answers(running.target, scene.requests[:1])
        first_s = time.monotonic() - begun
        return {
            "ready_s": running.start_s,
            "first_s": first_s,
            "cpu_s": running.start_cpu_s(),
            "rss_mb": running.memory_mb(),
            "pss_mb": running.proportional_mb(),
            "own_mb": running.own_mb(),
        }


def measure(
    folder: Path, store: str, scene: Scene, rounds: int
) -> Iterator[tuple[str, dict[str, float | None]]]:
    """Yield the medians of each way to run a server."""
    for name, workers in (("in one process", 0), ("with a worker", 1), ("with two workers", 2)):
        turns = [start_once(folder, store, workers, scene) for _ in range(rounds)]
        yield name, {key: median([turn[key] for turn in turns]) for key in turns[0]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = common_parser("startup", "How soon a server serves.")
    parser.add_argument("--locations", type=int, default=0, help="default: 1000")
    parser.add_argument("--items", type=int, default=0, help="default: 100000")
    parser.add_argument("--rounds", type=int, default=0, help=f"default: {ROUNDS}")
    options = parser.parse_args(arguments)
    locations = options.locations or (50 if options.small else 1_000)
    items = options.items or (1_000 if options.small else 100_000)
    rounds = options.rounds or (1 if options.small else ROUNDS)
    print(f"bench.startup · {describe(options.seed)}")
    print(f"{locations} locations, {items} items; median of {rounds} starts\n")
    with until_terminated(), tempfile.TemporaryDirectory(prefix="shipfrom-bench-") as name:
        folder = Path(name)
        store = f"sqlite://{folder}/start.db"
        scene = big_scene(locations, items, options.seed)
        fill(folder, store, scene)
        found: dict[str, Any] = dict(measure(folder, store, scene, rounds))
    rows = [(name, *(shown(value) for value in each.values())) for name, each in found.items()]
    print_table("start", HEADERS, rows)
    figures = {
        name: {key: rounded(value) for key, value in each.items()} for name, each in found.items()
    }
    outcome = {"bench": "startup", "locations": locations, "items": items, "aim_s": AIM_S}
    finish({**outcome, "start": figures}, seed=options.seed, record=options.record)
    return 0


if __name__ == "__main__":
    sys.exit(main())
