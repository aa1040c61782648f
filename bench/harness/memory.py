"""Resident memory of this process, or of another one (Linux only)."""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path

_CLEAR = Path("/proc/self/clear_refs")


def resident_mb() -> float:
    """Return the resident memory now, in MB of 2**20 bytes."""
    return figure_mb("VmRSS")


def peak_resident_mb() -> float:
    """Return the greatest resident memory since the start or the last reset."""
    return figure_mb("VmHWM")


def reset_peak() -> None:
    """Let the peak start again from what is resident now."""
    _CLEAR.write_text("5", encoding="ascii")


def give_back() -> None:
    """Collect garbage and return free memory to the system, where the C library can (glibc)."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def figure_mb(name: str, pid: int | None = None) -> float:
    """Return a figure of ``/proc/PID/status`` in MB: `VmRSS` now, `VmHWM` the greatest so far."""
    status = Path(f"/proc/{pid or 'self'}/status")
    for line in status.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"{status} has no {name}; memory can only be measured on Linux")
