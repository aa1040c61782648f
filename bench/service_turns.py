"""Turns of load on a server, each with what it cost and what else the machine did meanwhile.

Two turns minutes apart differ by a third on a machine that others use as well, so a server that
"recovers slowly" may only have had less of the machine. What is compared here is of the same
length, from before and after, and says how many processors were with others.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.harness.figures import median
from bench.service_load import Load, run_load
from bench.service_processes import Running


@dataclass(frozen=True, slots=True)
class Turn:
    """One run of the load generator.

    Attributes
    ----------
    report
        What it printed.
    cpu_us
        Processor time of the server for each call that was answered.
    others
        Processors that neither the server nor the generator had, on average.
    """

    report: dict[str, Any]
    cpu_us: float
    others: float

    @property
    def per_s(self) -> float:
        """Calls that were answered in a second."""
        return float(self.report["ok_per_s"])


def take_turn(running: Running, load: Load) -> Turn:
    """Run the load, and look at what it took."""
    begun_s, busy_s, served_s, made_s = time.monotonic(), _busy_s(), running.cpu_s(), _made_s()
    report = run_load(running.port, load)
    served_s = running.cpu_s() - served_s
    others_s = _busy_s() - busy_s - served_s - (_made_s() - made_s)
    # Processor time is counted over warm-up and measurement, calls over the latter only.
    calls = report["ok"]["count"] * (load.warmup_s + load.duration_s) / load.duration_s
    return Turn(
        report,
        served_s / max(1.0, calls) * 1e6,
        max(0.0, others_s / (time.monotonic() - begun_s)),
    )


def usual(turns: Iterable[Turn]) -> tuple[float, float, float]:
    """Return calls a second, processor time of a call and processors of others: medians."""
    found = list(turns)
    return (
        median([each.per_s for each in found]) or 0.0,
        median([each.cpu_us for each in found]) or 0.0,
        median([each.others for each in found]) or 0.0,
    )


def _busy_s() -> float:
    """Processor time of everything on the machine, or of what it shows us of it."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, soft, *_ = map(int, fields)
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")


def _made_s() -> float:
    """Processor time of the load generators so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
