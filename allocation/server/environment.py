"""What a server takes from the world."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from allocation.engine import Engine
from allocation.server.planner import Planner


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Environment:
    """What a server takes from the world.

    Attributes
    ----------
    planner
        The engine.
    now
        Wall clock: aware UTC datetimes.
    clock
        Monotonic seconds.
    """

    planner: Planner
    now: Callable[[], datetime] = utc_now
    clock: Callable[[], float] = time.monotonic


def default_environment(*, verify_plans: bool = True) -> Environment:
    """Return the engine and the machine's clocks.

    Parameters
    ----------
    verify_plans
        Whether the engine recomputes every plan before it leaves.
    """
    return Environment(planner=Engine(clock=time.monotonic, check=verify_plans))
