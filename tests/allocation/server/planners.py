"""Engines that do what a test wants."""

from __future__ import annotations

from threading import Event

from allocation.engine import Engine
from allocation.engine_api import NeedsTimeError, PlanningRequest, PlanningResult, QuoteResult


class GatedPlanner:
    """Plans only once it is let go; remembers what it was asked.

    Attributes
    ----------
    started
        Set when a call is inside.
    release
        Lets calls go on when set.
    """

    def __init__(self, *, is_open: bool = False) -> None:
        self.started, self.release = Event(), Event()
        self.requests: list[PlanningRequest] = []
        self.error: Exception | None = None
        if is_open:
            self.release.set()

    def plan(self, request: PlanningRequest) -> PlanningResult:
        if request.quick_only:
            # Whoever waits here must not be the event loop.
            raise NeedsTimeError
        self.requests.append(request)
        self.started.set()
        self.release.wait(30)
        if self.error is not None:
            raise self.error
        return Engine(clock=lambda: 0.0).plan(request)

    def quote(self, request: PlanningRequest) -> QuoteResult:
        self.requests.append(request)
        return Engine(clock=lambda: 0.0).quote(request)
