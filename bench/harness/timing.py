"""Wall-clock times with the garbage collector out of the way."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def settle() -> None:
    """Take everything that is loaded by now out of the garbage collector's sight.

    Collecting before each timed call is quick then. Call it when set-up is done.
    """
    gc.collect()
    gc.freeze()


def cpu_s_of(pid: int) -> float:
    """Return the seconds of processor time that a process has used so far (Linux only)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what `work` returns and the seconds it took.

    Garbage is collected before and not during the call.
    """
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        started_s = time.perf_counter()
        result = work()
        return result, time.perf_counter() - started_s
    finally:
        if was_enabled:
            gc.enable()
