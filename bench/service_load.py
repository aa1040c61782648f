"""The compiled load generator: built where it can be, run, and read."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

SOURCE: Final = Path(__file__).resolve().parent / "load" / "grpc_load.c"
METHOD: Final = "/allocation.v1.AllocationService/Allocate"
NEEDED: Final = (
    "bench.service needs a C compiler and libnghttp2 to build its load generator "
    "(bench/load/grpc_load.c): apt install gcc libnghttp2-dev"
)


class NoGeneratorError(Exception):
    """The load generator cannot be built here; the message says what is missing."""


@cache
def generator() -> Path:
    """Build the load generator once per run, and return it.

    Raises
    ------
    NoGeneratorError
        If there is no compiler, or no library to build it with.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise NoGeneratorError(NEEDED)
    target = Path(tempfile.mkdtemp(prefix="shipfrom-load-")) / "grpc_load"
    done = subprocess.run(  # noqa: S603
        [compiler, "-O2", "-Wall", "-Wextra", "-o", str(target), str(SOURCE), "-lnghttp2", "-lm"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NoGeneratorError(f"{NEEDED}\n{done.stderr.strip()[:500]}")
    return target


@dataclass(frozen=True, slots=True)
class Load:
    """How calls are made.

    Attributes
    ----------
    requests
        Recorded messages.
    duration_s, warmup_s
        Measured seconds, and those before.
    connections, streams
        Connections, and calls open at once on each.
    rate_per_s
        Calls a second; 0: as many as are answered (closed loop).
    deadline_s
        Of each call; 0 for none.
    throttle
        Each connection is a client that sends so many calls for each that is taken on (see
        `allocation.client.Throttling`), in the open loop; 0: all are sent.
    """

    requests: Path
    duration_s: float = 5.0
    warmup_s: float = 1.0
    connections: int = 4
    streams: int = 8
    rate_per_s: float = 0.0
    deadline_s: float = 0.0
    throttle: float = 0.0


def run_load(port: int, load: Load) -> dict[str, Any]:
    """Run the load generator and return its report."""
    options = {
        "--port": port,
        "--path": METHOD,
        "--requests": load.requests,
        "--duration": load.duration_s,
        "--warmup": load.warmup_s,
        "--connections": load.connections,
        "--streams": load.streams,
        "--rate": load.rate_per_s,
        "--deadline": load.deadline_s,
        "--throttle": load.throttle,
    }
    command = [str(generator())]
    for name, value in options.items():
        command += [name, str(value)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    report: dict[str, Any] = json.loads(done.stdout)
    return report
