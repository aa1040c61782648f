"""Who gets a processor first where there are more threads than processors.

Orders are planned by one thread of a process. gRPC reads, refuses and writes with four more and
brings others when there is much to do: under overload each of them got as much of two processors
as the one that plans, which then waited for six tenths of the time. What gRPC's threads do for a
call is short, and bytes may wait a little where a plan would.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Final

LOG: Final = logging.getLogger("allocation.server")

_OF_GRPC: Final = frozenset({"event_engine", "lifeguard"})
"""Names of gRPC's threads that move bytes, and of the one that starts further ones: those have its
priority. A test says whether they are still called so."""

_NICER: Final = 10
_NICEST: Final = 19

_THREADS: Final = Path("/proc/self/task")


def let_planning_go_first() -> int:
    """Make the threads of gRPC that run by now, and those that they start, give way to others.

    For the process as a whole: to be called by who owns it, once, after a server was started.
    Where threads have no priority of their own, or it may not be changed, all is left as it is.

    Returns
    -------
    int
        How many threads it was.
    """
    if not _THREADS.is_dir():
        return 0
    try:
        return sum(_gives_way(each) for each in _THREADS.iterdir() if _name_of(each) in _OF_GRPC)
    except OSError as error:
        LOG.warning("threads keep their priority", extra={"problem": str(error)})
        return 0


def _gives_way(thread: Path) -> bool:
    """Lower the priority of a thread; false if it has ended since."""
    number = int(thread.name)
    try:
        nice = os.getpriority(os.PRIO_PROCESS, number)
        os.setpriority(os.PRIO_PROCESS, number, min(_NICEST, nice + _NICER))
    except ProcessLookupError:
        return False
    return True


def _name_of(thread: Path) -> str:
    try:
        return (thread / "comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""  # It has ended since.
