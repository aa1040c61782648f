"""Calls to servers, which live by the clock on the wall."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.simulation.auditor import Auditor, Call
from tests.simulation.instants import wall_us
from tests.simulation.workload import SECOND, Workload

CLEAR_BEFORE = SECOND // 20
CLEAR_AFTER = 30 * SECOND


class GrpcWorkload(Workload):
    """Draws what clients can ask for; nobody can ask for an instant."""

    # Nothing runs out while somebody looks, unless the simulation takes an hour.
    lasts_s = (1, 3_600, 7_200, 86_400)

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
        """Return a plan that has been answered mostly: only then is its id known."""
        known = [name for name in self._plans[-24:] if name in self.auditor.plans]
        if not known or self.random.random() < 0.1:
            return super()._some_plan()
        return self.random.choice(known[-12:])

    def _kinds(self) -> dict[Callable[[], Call], int]:
        return {
            self._hold: 30, self._commit: 22, self._fulfill: 12, self._release: 8, self._extend: 5,
            self._replace: 4, self._feed_fed: 7, self._feed_mirrored: 7, self._receive: 4,
        }  # fmt: skip
