"""A server inside this process, for tests, demos and benchmarks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from threading import Event, Thread

from allocation.server.environment import Environment
from allocation.server.server import Server
from allocation.server.settings import ServerSettings


@asynccontextmanager
async def running_server(
    settings: ServerSettings | None = None, environment: Environment | None = None
) -> AsyncIterator[Server]:
    """Run a server on the current event loop; its `address` says where it listens.

    Parameters
    ----------
    settings
        By default a free port of this machine.
    environment
        By default the engine and the machine's clocks.
    """
    server = Server(settings or ServerSettings(port=0), environment)
    await server.start()
    try:
        yield server
    finally:
        await server.drain()


@contextmanager
def server_in_thread(
    settings: ServerSettings | None = None, environment: Environment | None = None
) -> Iterator[Server]:
    """Run a server on an event loop of its own, for callers without one.

    Raises
    ------
    allocation.server.start_error.StartError
        If it cannot start.
    """
    chosen = settings or replace(ServerSettings(), port=0)
    server = Server(chosen, environment)
    ready, problems = Event(), list[BaseException]()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        try:
            await server.start()
        except BaseException as error:  # noqa: BLE001  # raised where the caller waits
            problems.append(error)
            return
        finally:
            ready.set()
        await stop.wait()
        await server.drain()

    def target() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(serve())

    thread = Thread(target=target, name="shipfrom-server", daemon=True)
    thread.start()
    ready.wait()
    if problems:
        thread.join()
        raise problems[0]
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
