"""Processes that get a part of a processor and no more, by Linux's control groups (version 1)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path("/sys/fs/cgroup/cpu")
_PERIOD_US: Final = 10_000
"""Short, so that a process that has used its part waits for a few milliseconds, not for 100."""

_GONE_S: Final = 5.0


class NoShareError(Exception):
    """Processes cannot be limited here; the message says why."""


@dataclass(frozen=True, slots=True)
class Limited:
    """Groups of processes, each of which may use a part of a processor.

    Attributes
    ----------
    groups
        One of each process.
    """

    groups: tuple[Path, ...]

    def waited_for_share(self) -> float:
        """Return in which part of the periods so far processes had to wait for their next one."""
        stats = [_stats(group) for group in self.groups]
        periods = sum(each["nr_periods"] for each in stats)
        return sum(each["nr_throttled"] for each in stats) / max(1, periods)


@contextmanager
def limited(pids: Sequence[int], share: float) -> Iterator[Limited]:
    """Give each process, with all its threads, a part of a processor.

    Parameters
    ----------
    pids
        The processes; as before at the end.
    share
        Of one processor, more than 0.

    Raises
    ------
    NoShareError
        This machine has no such groups, or they may not be made.
    """
    groups: list[Path] = []
    try:
        try:
            for pid in pids:
                group = ROOT / f"shipfrom-bench-{os.getpid()}-{pid}"
                group.mkdir()
                groups.append(group)
                (group / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
                (group / "cpu.cfs_quota_us").write_text(str(round(share * _PERIOD_US)))
                (group / "cgroup.procs").write_text(str(pid))
        except OSError as error:
            raise NoShareError(
                f"processes cannot be limited to a part of a processor: {error.strerror} "
                f"({ROOT}; needs control groups of version 1, and to be root)"
            ) from error
        yield Limited(tuple(groups))
    finally:
        for group in groups:
            _remove(group)


def _remove(group: Path) -> None:
    with suppress(OSError):
        for pid in (group / "cgroup.procs").read_text().split():
            # Or it has ended.
            with suppress(OSError):
                (ROOT / "cgroup.procs").write_text(pid)
    end_s = time.monotonic() + _GONE_S
    while time.monotonic() < end_s:
        try:
            group.rmdir()
        except OSError:
            # Of processes that are ending.
            time.sleep(0.05)
        else:
            return


def _stats(group: Path) -> dict[str, int]:
    lines = (group / "cpu.stat").read_text(encoding="ascii").splitlines()
    return {name: int(value) for name, value in (line.split() for line in lines)}
