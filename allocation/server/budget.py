"""How long planning may take: what the caller asks for, within the call's deadline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from allocation.errors import NoPlanInTimeError

DEFAULT_BUDGET_S: Final = 1.0
LEAST_MARGIN_S: Final = 0.020
MARGIN_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a call must be answered.

    Attributes
    ----------
    clock
        Monotonic seconds.
    ends_at_s
        On that clock; ``None`` when the caller waits for as long as it takes.
    """

    clock: Callable[[], float]
    ends_at_s: float | None

    @classmethod
    def after(cls, remaining_s: float | None, clock: Callable[[], float]) -> Deadline:
        """Return a deadline `remaining_s` seconds from now."""
        return cls(clock, None if remaining_s is None else clock() + remaining_s)

    def budget_s(self, requested_s: float | None) -> float:
        """Return seconds for the search, from now.

        The smaller of what is asked for (1 s when nothing is) and what is left of the
        deadline less a margin for the way back: 5 % of it, at least 20 ms.

        Raises
        ------
        NoPlanInTimeError
            If nothing is left.
        """
        asked = DEFAULT_BUDGET_S if requested_s is None else requested_s
        if self.ends_at_s is None:
            return asked
        left = self.ends_at_s - self.clock()
        usable = left - max(LEAST_MARGIN_S, MARGIN_SHARE * left)
        if usable <= 0:
            raise NoPlanInTimeError(
                f"{max(0.0, left) * 1000:.0f} ms of the deadline are left, too few to plan, as "
                f"{LEAST_MARGIN_S * 1000:.0f} ms are kept for the way back: set a longer "
                "deadline, or send fewer calls at once",
                {"left_ms": f"{max(0.0, left) * 1000:.0f}"},
            )
        return min(asked, usable)


def is_too_late(context: Any) -> bool:
    """Say whether nobody waits for a call's answer any more, by the deadline that it came with.

    What is sent all the same costs memory: gRPC's core never lets go of what it was given for an
    error that it cannot send (some 800 bytes; grpcio 1.85 and before).
    """
    remaining_s: float | None = context.time_remaining()
    return remaining_s is not None and remaining_s <= 0
