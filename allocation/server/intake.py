"""What comes in, seen from both ends: where calls are taken on, and where they are planned."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
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
        Calls that were taken on and not answered yet, on their way into the lane included; as far
        as they have a `Place`.
    searching
        Returns how many of them are elsewhere, in the pool of threads.
    stuck
        Returns how many of them wait for a store that does not answer, which is to keep nobody from
        planning without it.
    """

    arrivals: int = 0
    is_full: bool = False
    places: int = _ANY
    taken_on: int = 0
    searching: Callable[[], int] = _nothing
    stuck: Callable[[], int] = _nothing

    @property
    def has_room(self) -> bool:
        """Whether one more call may be taken on."""
        return not self.is_full and self._on_their_way() < self.places

    @property
    def is_beyond(self) -> bool:
        """Whether of those that were taken on, the last is one too many."""
        return self.is_full or self._on_their_way() > self.places

    def _on_their_way(self) -> int:
        return self.taken_on - self.searching() - self.stuck()


class Place:
    """What a call has from when it is taken on until there is an answer.

    gRPC is done with a call a good deal later, when its answer has left: under load, when that
    takes its time, places that are kept until then would be missing.
    """

    __slots__ = ("_intake", "_is_taken")

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._is_taken = False
        self.take()

    def take(self) -> None:
        """Have it, once more if it was given back, be there room or not. Repeatable."""
        if not self._is_taken:
            self._is_taken = True
            self._intake.taken_on += 1

    def give_back(self, _: object = None) -> None:
        """Let another call have it. Repeatable."""
        if self._is_taken:
            self._is_taken = False
            self._intake.taken_on -= 1


CURRENT_PLACE: Final[ContextVar[Place | None]] = ContextVar("CURRENT_PLACE", default=None)
"""That of the call that is served."""
