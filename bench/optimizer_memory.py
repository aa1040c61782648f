"""Peak memory of a 10 x 1,000 solve above idle; run as ``python -m bench.optimizer_memory``."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time

from allocation.optimize.api import Budget
from allocation.optimize.ladder import solve
from bench.harness.memory import peak_resident_mb, reset_peak, resident_mb
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

    Idle means that the network is loaded and nothing is solved. The rise is that of drawing
    orders with stock, building their problems and solving them, one after the other.
    """
    draw_instance(CELL, seed, -1)
    gc.collect()
    reset_peak()
    idle_mb = resident_mb()
    for index in range(INSTANCES):
        problem = draw_instance(CELL, seed, index).problem
        solve(problem, Budget(time.perf_counter, time.perf_counter() + 10.0))
    return {
        "idle_mb": round(idle_mb, 1),
        "peak_above_idle_mb": round(peak_resident_mb() - idle_mb, 1),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
