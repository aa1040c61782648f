"""The server: all services on one port, from start to drain."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from threading import Thread
from typing import Any, Final

from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from allocation.build_kind import build_kind
from allocation.engine import Engine
from allocation.optimize.ladder import or_tools
from allocation.server import collector, logs, thread_priority, turns
from allocation.server.accepting import Acceptors, can_accept_many
from allocation.server.edge import bind, make_interceptor, make_server
from allocation.server.ending import Ending, ServingEndedError
from allocation.server.environment import Environment, default_environment
from allocation.server.event_loop import ServerEventLoop
from allocation.server.handlers import Handlers
from allocation.server.health.condition import Report
from allocation.server.health.monitor import Monitor
from allocation.server.intake import Intake
from allocation.server.lame_duck import lose_connections
from allocation.server.loading import Preloaded
from allocation.server.metrics.endpoint import MetricsEndpoint
from allocation.server.metrics.metrics import Metrics
from allocation.server.network_store import NetworkStore
from allocation.server.rehearsal import rehearse_quietly
from allocation.server.resources import Resources
from allocation.server.services import SERVICES, add_services
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.server.stock_follower import StockFollower
from allocation.server.tracing.open import Tracing, open_tracing
from allocation.store.api import Store

LOG: Final = logging.getLogger("allocation.server")

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)

CHECK_EVERY_S: Final = 1.0
"""How often it is made sure that calls are still taken."""


class Server:
    """One gRPC server. Start it and drain it on the same event loop.

    Parameters
    ----------
    settings
        How it is set up.
    environment
        What it takes from the world; by default the engine and the machine's clocks.
    loaded
        What was read from its store before; ``None``: nothing.
    """

    def __init__(
        self,
        settings: ServerSettings,
        environment: Environment | None = None,
        loaded: Preloaded | None = None,
    ) -> None:
        self._settings = settings
        self._environment = environment or default_environment(verify_plans=settings.verify_plans)
        self._loaded = loaded
        self._health = health.aio.HealthServicer()
        self._resources: Resources | None = None
        self._server: aio.Server | None = None
        self.metrics = Metrics()
        self._monitor: Monitor | None = None
        self._endpoint: MetricsEndpoint | None = None
        self._tracing: Tracing | None = None
        self.port = 0

    @property
    def network(self) -> NetworkStore:
        """Locations, items and rate cards, from `start` on."""
        return self._opened.network

    @property
    def store(self) -> Store:
        """The ledger and what is kept beside it, from `start` on."""
        return self._opened.store

    @property
    def stock(self) -> StockFollower:
        """The planning view of the ledger, from `start` on."""
        return self._opened.stock

    @property
    def _opened(self) -> Resources:
        if self._resources is None:
            raise RuntimeError("the server was not started")
        return self._resources

    @property
    def address(self) -> str:
        """What clients connect to, with the port actually bound."""
        return self._settings.target.rpartition(":")[0] + f":{self.port}"

    def check_serving(self) -> None:
        """Make sure that gRPC still takes calls, from `start` to `drain`.

        Raises
        ------
        ServingEndedError
            It does not; the process would live on without anybody noticing.
        """
        core: Any = getattr(self._server, "_server", None)
        if core is not None and not core.is_running():
            raise ServingEndedError

    def report(self) -> Report:
        """Return what was last found on the server's health, from `start` on."""
        if self._monitor is None:
            raise RuntimeError("the server was not started")
        return self._monitor.report()

    async def start(self, announce: str = "ready") -> None:
        """Open the store, load the network, bind the port and serve.

        Parameters
        ----------
        announce
            Message of the log entry that says so.

        Raises
        ------
        StartError
            If the store or a file cannot be used, or the port cannot be bound.
        """
        # Before anything is opened: a server that may not run must not touch the store.
        self._tracing = open_tracing(self._settings.tracing, self._environment.clock)
        watching = () if self._tracing is None else (self._tracing.observer,)
        intake = Intake()
        interceptor = make_interceptor(
            self._settings, self._environment, (*watching, self.metrics), intake
        )
        server = make_server(self._settings, interceptor)
        self._resources = await asyncio.to_thread(
            Resources, self._settings, self._environment, intake, self._loaded
        )
        self._loaded = None
        handlers = Handlers(server, registered=can_accept_many())
        self._add_services(handlers.as_server(), self._resources)
        self._monitor = Monitor(
            self._resources, self._settings, self._environment, self.metrics, self._health
        )
        self._endpoint = MetricsEndpoint(
            self._settings.metrics, lambda: self.metrics.registry, self._monitor.report
        )
        self.port = bind(server, self._settings, self._environment)
        await server.start()
        Acceptors(server, interceptor, intake).start(handlers.by_method)
        self._server = server

        await self._monitor.start()
        for name in SERVICES:
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        Thread(target=self._load_the_rest, name="load-the-rest", daemon=True).start()
        LOG.info(
            announce,
            extra={
                "address": self.address,
                "port": self.port,
                "threads": self._settings.threads,
                "network_version": self.network.state.version,
                "store": self.store.kind,
                "build": build_kind(),
            },
        )

    def _load_the_rest(self) -> None:
        """Load what only some calls need, while the others are served already."""
        clock, now = self._environment.clock, self._environment.now()
        rehearse_quietly(Engine(clock), self.network.state.network, now)
        or_tools()
        self.network.state.network.item_id_by_sku.get("")

    async def lose_connections(self, hurry: asyncio.Event) -> None:
        """Where processes share the port, wait until clients have left, or `hurry` is set."""
        if self._server is not None and self._monitor is not None:
            await self._monitor.stop()
            LOG.info("leaving", extra={"connection_age_s": self._settings.connection_age_s})
            if not self._settings.share_port:
                return  # There is no other process to leave for.
            await lose_connections(
                self.port,
                self._settings.oldest_connection_s,
                self._environment.clock,
                hurry=hurry,
            )

    async def drain(self) -> None:
        """Say NOT_SERVING, take no new calls, let running ones finish within the grace."""
        if self._monitor is not None:
            await self._monitor.stop()
        if self._server is not None:
            LOG.info("draining", extra={"grace_s": self._settings.grace_s})
            self._opened.watch.stop()
            await self._health.enter_graceful_shutdown()
            await self._server.stop(self._settings.grace_s)
            if self._monitor is not None:
                self._monitor.show_last()
            LOG.info("stopped")
        if self._endpoint is not None:
            self._endpoint.close()
        if self._resources is not None:
            await asyncio.to_thread(self._resources.close)
        if self._tracing is not None:
            await asyncio.to_thread(self._tracing.close)

    def _add_services(self, handlers: aio.Server, resources: Resources) -> None:
        settings = self._settings
        add_services(handlers, settings, self._environment, resources)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, handlers)
        if settings.reflection:
            names = (*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection_pb2_grpc.add_ServerReflectionServicer_to_server(
                reflection.aio.ReflectionServicer(service_names=names), handlers
            )


async def serve(
    settings: ServerSettings,
    environment: Environment | None = None,
    ending: Ending | None = None,
) -> None:
    """Serve until told to end, by `ending` or a signal; then drain.

    SIGTERM lets clients leave first, so that no call fails; a second one, or SIGINT, does not.

    Raises
    ------
    StartError
        If the server cannot start.
    ServingEndedError
        It serves no more, though nobody has told it to end.
    """
    ending = ending or Ending()
    loop = asyncio.get_running_loop()
    # Before the server says that it is ready: from then on a signal must mean a drain.
    loop.add_signal_handler(signal.SIGTERM, ending.ask)
    loop.add_signal_handler(signal.SIGINT, ending.insist)
    server = Server(settings, environment)
    try:
        await server.start()
        thread_priority.let_planning_go_first()
        while not ending.stop.is_set():
            server.check_serving()
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.stop.wait(), CHECK_EVERY_S)
        await server.lose_connections(ending.hurry)
    finally:
        await server.drain()
        for each in _SIGNALS:
            loop.remove_signal_handler(each)


def run(settings: ServerSettings) -> int:
    """Serve until stopped, with the log on standard error.

    Returns
    -------
    int
        0 after a drain, 1 if the server could not start or has ended by itself.
    """
    logs.configure(settings.log_level)
    collector.relax()
    turns.share()
    try:
        with asyncio.Runner(loop_factory=ServerEventLoop) as runner:
            runner.run(serve(settings))
    except StartError as error:
        LOG.error("cannot start", extra={"problem": str(error)})  # noqa: TRY400  # no bug of ours
        return 1
    except ServingEndedError:
        LOG.critical("serving ended by itself")
        return 1
    return 0
