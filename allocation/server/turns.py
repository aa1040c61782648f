"""How soon another thread gets the interpreter's lock from one that computes without pause."""

from __future__ import annotations

import sys
from typing import Final

_SWITCH_S: Final = 0.0001
"""An event loop that plans lets go of the lock for a moment every 0.1 ms or so, and takes it back
before another thread is awake. That one's time begins anew then: with Python's own 5 ms it would
hardly ever be over, and a write to the store, which needs the lock some ten times, would take a
tenth of a second and wake its thread a hundred times."""


def share() -> None:
    """Give other threads the lock soon after they ask for it.

    For the process as a whole: to be called by who owns it.
    """
    sys.setswitchinterval(_SWITCH_S)
