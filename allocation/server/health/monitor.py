"""Looks at the server's health every second, and tells probes and gauges."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from grpc_health.v1 import health, health_pb2

from allocation.server.environment import Environment
from allocation.server.health.condition import Condition, Report
from allocation.server.health.conditions import look
from allocation.server.metrics.gauges import show_state
from allocation.server.metrics.metrics import Metrics
from allocation.server.resources import Resources
from allocation.server.settings import ServerSettings

LOG: Final = logging.getLogger("allocation.server")

LOOK_EVERY_S: Final = 1.0
STUCK_S: Final = 15.0
"""Age of the latest look from which on the event loop counts as stuck."""

LIVE: Final = "live"
READY: Final = "ready"

_SERVING: Final = health_pb2.HealthCheckResponse.SERVING
_NOT_SERVING: Final = health_pb2.HealthCheckResponse.NOT_SERVING


class Monitor:
    """Keeps the health services ``live`` and ``ready`` and the gauges current.

    Planning over stock that is sent along works without the store, so the services of
    the contract stay SERVING when it is away; only ``ready`` says that something is amiss.

    Parameters
    ----------
    resources, settings, environment
        Of the server.
    metrics
        Whose gauges it sets.
    servicer
        Answers ``grpc.health.v1``.
    """

    def __init__(
        self,
        resources: Resources,
        settings: ServerSettings,
        environment: Environment,
        metrics: Metrics,
        servicer: health.aio.HealthServicer,
    ) -> None:
        self._resources = resources
        self._settings = settings
        self._environment = environment
        self._metrics = metrics
        self._servicer = servicer
        self._conditions: tuple[Condition, ...] = ()
        self._looked_s = environment.clock()
        self._task: asyncio.Task[None] | None = None
        self._draining = False

    async def start(self) -> None:
        """Look for the first time, and go on in the background."""
        await self._servicer.set(LIVE, _SERVING)
        await self._look()
        self._task = asyncio.get_running_loop().create_task(self._again_and_again())

    async def stop(self) -> None:
        """Stop looking; the server is no longer ready."""
        self._draining = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def show_last(self) -> None:
        """Count what was done since the last look; counts of a process outlive it."""
        show_state(self._metrics, self._resources, self._environment.now(), ready=False)

    def report(self) -> Report:
        """Return what was found last; may be called from any thread."""
        age_s = self._environment.clock() - self._looked_s
        conditions = self._conditions
        if self._draining:
            conditions = (*conditions, Condition("draining", "the server is about to end"))
        return Report(live=age_s < STUCK_S, conditions=conditions)

    async def _again_and_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self._look()
            except Exception:
                LOG.exception("health cannot be looked at")

    async def _look(self) -> None:
        now = self._environment.now()
        found = look(self._resources, self._settings, now)
        before = {each.name: each.holds for each in self._conditions}
        for each in found:
            if before.get(each.name, True) and not each.holds:
                LOG.warning("not ready", extra={"condition": each.name, "problem": each.problem})
            elif each.holds and not before.get(each.name, True):
                LOG.info("ready again", extra={"condition": each.name})
        self._conditions = found
        self._looked_s = self._environment.clock()
        report = self.report()
        await self._servicer.set(READY, _SERVING if report.ready else _NOT_SERVING)
        show_state(self._metrics, self._resources, now, ready=report.ready)
