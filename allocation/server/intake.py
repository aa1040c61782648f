"""What comes in, seen from both ends: where calls are taken on, and where they are planned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Intake:
    """Shared by the interceptor and the lane of one server; used on one event loop.

    Attributes
    ----------
    arrivals
        How many calls have come.
    is_full
        Whether as many orders wait to be planned as the server takes on.
    """

    arrivals: int = 0
    is_full: bool = False
