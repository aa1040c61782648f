"""What comes in, seen from both ends: where calls are taken on, and where they are planned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_ANY: Final = 1 << 30


def _nothing() -> int:
    return 0


@dataclass(slots=True)
class Intake:
    """Shared by what takes calls on and by the lane of one server; used on one event loop.

    Attributes
    ----------
    arrivals
        How many calls have come.
    is_full
        Whether as many orders wait to be planned as the server takes on.
    places
        How many that is.
    taken_on
        Calls that were taken on and not answered yet, on their way into the lane and out of it
        included; as far as they are counted.
    searching
        Returns how many of them are elsewhere, in the pool of threads.
    """

    arrivals: int = 0
    is_full: bool = False
    places: int = _ANY
    taken_on: int = 0
    searching: Callable[[], int] = _nothing

    @property
    def has_room(self) -> bool:
        """Whether one more call may be taken on."""
        return not self.is_full and self.taken_on - self.searching() < self.places

    @property
    def is_beyond(self) -> bool:
        """Whether of those that were taken on, the last is one too many."""
        return self.is_full or self.taken_on - self.searching() > self.places
