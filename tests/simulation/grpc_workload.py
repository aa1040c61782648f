"""Calls to servers, which live by the clock on the wall."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

from tests.simulation.auditor import Auditor, Call
from tests.simulation.instants import wall_us
from tests.simulation.workload import SECOND, Workload

CLEAR_BEFORE = SECOND // 20
CLEAR_AFTER = 30 * SECOND


class GrpcWorkload(Workload):
    """Draws what clients can ask for; nobody can ask for an instant."""

    # Nothing runs out while somebody looks, unless the simulation takes an hour.
    lasts_s = (1, 1, 7_200)

    def __init__(self, seed: int, auditor: Auditor) -> None:
        super().__init__(seed, auditor)
        self.newest = self.settled = wall_us()
        self._quiet = [self.settled]

    def instant_of_audit(self) -> int:
        """Wait until no hold runs out for a while, and return what time it is."""
        while True:
            now = wall_us()
            soon = [
                plan["expire"]
                for plan in self.auditor.plans.values()
                if now - CLEAR_BEFORE <= plan["expire"] <= now + CLEAR_AFTER
            ]
            if not soon:
                return now
            time.sleep((max(soon) + CLEAR_BEFORE - now + 1) / SECOND)

    def settle(self, now: int) -> None:
        """Note that nothing was under way from then until now."""
        super().settle(wall_us())
        self._quiet.append(self.settled)

    def _instant(self, back_s: float) -> int:
        del back_s
        self.newest = max(wall_us(), self.newest + 1)
        return self.newest

    def _observed(self, back_s: tuple[int, ...]) -> int:
        """Return an instant of the last few at which nothing was under way."""
        del back_s
        return self._unused(self.random.choice(self._quiet[-3:]))

    def _some_plan(self) -> str:
        """Return a plan that still has units mostly, and that has been answered."""
        if self.random.random() < 0.2:
            return super()._some_plan()
        now = wall_us()
        known = (name for name in reversed(self._plans) if name in self.auditor.plans)
        states = ((name, self.auditor.state_at(name, now)) for name in known)
        open_ones = (name for name, found in states if "held" in found or "committed" in found)
        recent = list(islice(open_ones, 12))
        return self.random.choice(recent) if recent else super()._some_plan()

    def _kinds(self) -> dict[Callable[[], Call], int]:
        # So that stock comes back about as fast as it goes: time does not bring it.
        return {
            self._hold: 24, self._commit: 20, self._fulfill: 14, self._release: 12,
            self._extend: 5, self._replace: 4, self._feed_fed: 7, self._feed_mirrored: 7,
            self._receive: 14,
        }  # fmt: skip
