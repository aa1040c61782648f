"""The server: all services on one port, from start to drain."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from google.protobuf.descriptor import FileDescriptor
from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from allocation.engine import Engine
from allocation.server import logs
from allocation.server.allocation_servicer import AllocationServicer
from allocation.server.inline_network import InlineNetworks
from allocation.server.interceptors.access_log import AccessLogInterceptor
from allocation.server.interceptors.errors import ErrorInterceptor
from allocation.server.interceptors.parsing import ParsingInterceptor
from allocation.server.network_files import NetworkFileError, load_network_files
from allocation.server.network_servicer import NetworkServicer
from allocation.server.network_state import initial_state
from allocation.server.network_store import NetworkStore
from allocation.server.planner import Planner
from allocation.server.planning import Planning
from allocation.server.request_decoder import RequestDecoder
from allocation.server.rule_servicer import RuleServicer
from allocation.server.settings import ServerSettings
from allocation.server.stock_servicer import StockServicer
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import (
    allocation_service_pb2,
    allocation_service_pb2_grpc,
    rule_service_pb2,
    rule_service_pb2_grpc,
    stock_service_pb2,
    stock_service_pb2_grpc,
)
from routing.geo.postal import load_postal_index
from routing.v1 import network_service_pb2, network_service_pb2_grpc

LOG: Final = logging.getLogger("allocation.server")

_FILES: Final[tuple[FileDescriptor, ...]] = (
    allocation_service_pb2.DESCRIPTOR,
    network_service_pb2.DESCRIPTOR,
    rule_service_pb2.DESCRIPTOR,
    stock_service_pb2.DESCRIPTOR,
)
SERVICES: Final = tuple(
    str(service.full_name) for file in _FILES for service in file.services_by_name.values()
)
"""Full names of the contract's services."""

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class StartError(Exception):
    """The server cannot start; the message says why and what to do."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Environment:
    """What a server takes from the world.

    Attributes
    ----------
    planner
        The engine.
    now
        Wall clock: aware UTC datetimes.
    clock
        Monotonic seconds.
    """

    planner: Planner
    now: Callable[[], datetime] = utc_now
    clock: Callable[[], float] = time.monotonic


def default_environment() -> Environment:
    """Return the engine and the machine's clocks."""
    return Environment(planner=Engine(clock=time.monotonic))


class Server:
    """One gRPC server. Start it and drain it on the same event loop.

    Parameters
    ----------
    settings
        How it is set up.
    environment
        What it takes from the world; by default the engine and the machine's clocks.
    """

    def __init__(self, settings: ServerSettings, environment: Environment | None = None) -> None:
        self._settings = settings
        self._environment = environment or default_environment()
        self.store = NetworkStore(initial_state(shipped_rates=settings.shipped_rates))
        self._planning_pool = WorkerPool(settings.threads, settings.queue)
        # Puts go one after the other anyway, and must not wait behind planning.
        self._network_pool = WorkerPool(1, settings.queue)
        self._health = health.aio.HealthServicer()
        self._server: aio.Server | None = None
        self.port = 0

    @property
    def address(self) -> str:
        """What clients connect to, with the port actually bound."""
        return self._settings.target.rpartition(":")[0] + f":{self.port}"

    async def start(self) -> None:
        """Load the network, bind the port and serve.

        Raises
        ------
        StartError
            If a file cannot be used or the port cannot be bound.
        """
        try:
            warnings = load_network_files(self.store, self._settings.network_files)
        except NetworkFileError as error:
            raise StartError(str(error)) from error
        for warning in warnings:
            LOG.warning(warning)
        load_postal_index()
        server = self._build()
        self.port = self._bind(server)
        await server.start()
        self._server = server
        for name in SERVICES:
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        LOG.info(
            "ready",
            extra={
                "address": self.address,
                "port": self.port,
                "threads": self._settings.threads,
                "network_version": self.store.state.version,
            },
        )

    async def drain(self) -> None:
        """Say NOT_SERVING, take no new calls, let running ones finish within the grace."""
        if self._server is not None:
            LOG.info("draining", extra={"grace_s": self._settings.grace_s})
            await self._health.enter_graceful_shutdown()
            await self._server.stop(self._settings.grace_s)
            LOG.info("stopped")
        self._planning_pool.close()
        self._network_pool.close()

    def _build(self) -> aio.Server:
        settings = self._settings
        server = aio.server(
            interceptors=[
                AccessLogInterceptor(self._environment.clock),
                ErrorInterceptor(),
                ParsingInterceptor(),
            ],
            options=[
                ("grpc.max_receive_message_length", settings.receive_bytes),
                ("grpc.max_send_message_length", settings.send_bytes),
                # Otherwise a second server would bind the same port without a word.
                ("grpc.so_reuseport", int(settings.share_port)),
            ],
        )
        self._add_services(server)
        return server

    def _add_services(self, server: aio.Server) -> None:
        limits, environment = self._settings.limits, self._environment
        planning = Planning(
            planner=environment.planner,
            store=self.store,
            decoder=RequestDecoder(limits, InlineNetworks(limits)),
            now=environment.now,
        )
        allocation_service_pb2_grpc.add_AllocationServiceServicer_to_server(
            AllocationServicer(planning, self._planning_pool, environment.clock), server
        )
        network_service_pb2_grpc.add_NetworkServiceServicer_to_server(
            NetworkServicer(self.store, self._network_pool, limits), server
        )
        stock_service_pb2_grpc.add_StockServiceServicer_to_server(StockServicer(), server)
        rule_service_pb2_grpc.add_RuleServiceServicer_to_server(RuleServicer(), server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        if self._settings.reflection:
            names = (*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(names, server)

    def _bind(self, server: aio.Server) -> int:
        target = self._settings.target
        try:
            port = server.add_insecure_port(target)
        except RuntimeError as error:
            raise StartError(
                f"cannot listen on {target}: the address is in use or not of this machine; choose "
                "another with --host and --port, or stop what listens there"
            ) from error
        if port == 0:
            raise StartError(f"cannot listen on {target}: no port was given; choose another")
        return int(port)


async def serve(
    settings: ServerSettings,
    environment: Environment | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve until `stop` is set, or SIGTERM or SIGINT comes; then drain.

    Raises
    ------
    StartError
        If the server cannot start.
    """
    stop = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    # Before the server says that it is ready: from then on a signal must mean a drain.
    for each in _SIGNALS:
        loop.add_signal_handler(each, stop.set)
    server = Server(settings, environment)
    try:
        await server.start()
        await stop.wait()
    finally:
        await server.drain()
        for each in _SIGNALS:
            loop.remove_signal_handler(each)


def run(settings: ServerSettings) -> int:
    """Serve until stopped, with the log on standard error.

    Returns
    -------
    int
        0 after a drain, 1 if the server could not start.
    """
    logs.configure(settings.log_level)
    try:
        asyncio.run(serve(settings))
    except StartError as error:
        LOG.error("cannot start", extra={"problem": str(error)})  # noqa: TRY400  # no bug of ours
        return 1
    return 0
