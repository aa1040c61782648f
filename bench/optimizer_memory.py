"""Peak memory of a 10 x 1,000 solve above idle; run as ``python -m bench.optimizer_memory``."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc

from allocation.optimize.api import Budget
from allocation.optimize.ladder import solve
from bench.harness.memory import give_back, peak_resident_mb, reset_peak, resident_mb
from bench.instances.draw import draw_instance
from bench.instances.families import Cell

CELL = Cell("memory", 10, 1000, (0, 0), (0, 0))
INSTANCES = 5


def peak_in_child(seed: int) -> dict[str, float]:
    """Measure in a process of its own; see `measure`."""
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bench.optimizer_memory", str(seed)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def measure(seed: int) -> dict[str, float]:
    """Return MB resident when idle and the greatest rise above it.

    Idle means that the network is loaded and nothing is solved; memory that loading left
    free is given back first. The rise is that of drawing orders with stock, building their
    problems and solving them, one after the other: resident, and as Python and numpy
    allocate it (which does not count on memory that happens to be free already).
    """
    draw_instance(CELL, seed, -1)
    give_back()
    reset_peak()
    idle_mb = resident_mb()
    _orders_to_answers(seed)
    peak_mb = peak_resident_mb() - idle_mb
    tracemalloc.start()
    _orders_to_answers(seed)
    traced_mb = tracemalloc.get_traced_memory()[1] / 2**20
    return {
        "idle_mb": round(idle_mb, 1),
        "peak_above_idle_mb": round(peak_mb, 1),
        "peak_allocated_mb": round(traced_mb, 1),
    }


def _orders_to_answers(seed: int) -> None:
    for index in range(INSTANCES):
        problem = draw_instance(CELL, seed, index).problem
        solve(problem, Budget(time.perf_counter, time.perf_counter() + 10.0))


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
