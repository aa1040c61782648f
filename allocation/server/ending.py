"""How a server is told to end: once to take its time, twice to hurry."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


class ServingEndedError(Exception):
    """gRPC takes no calls any more, though nobody has told it to end: only a new process helps."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The wish to end.

    Attributes
    ----------
    stop
        Set once the server is to end.
    hurry
        Set once it is not to wait for its clients to leave.
    """

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self) -> None:
        """Ask for the end; asking again means to hurry."""
        (self.hurry if self.stop.is_set() else self.stop).set()

    def insist(self) -> None:
        """Ask for the end without waiting for clients."""
        self.hurry.set()
        self.stop.set()
