"""One worker: a server that a template has forked, and whose health goes to a supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from threading import Thread
from typing import NamedTuple

from allocation.server import logs, thread_priority
from allocation.server.ending import Ending, ServingEndedError
from allocation.server.event_loop import ServerEventLoop
from allocation.server.loading import Preloaded
from allocation.server.processes.status import Status
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError

TELL_EVERY_S = 1.0


class Pipes(NamedTuple):
    """What a worker is given.

    Attributes
    ----------
    status_fd
        Where health goes, once a second.
    life_fd
        At its end when the worker is to end, or when the supervisor is gone.
    """

    status_fd: int
    life_fd: int

    def close(self) -> None:
        """Let go of both."""
        for each in self:
            os.close(each)


def run_worker(settings: ServerSettings, pipes: Pipes, loaded: Preloaded) -> int:
    """Serve until told to end.

    Returns
    -------
    int
        0 after a drain, 1 if the server could not start or has ended by itself.
    """
    _tell(pipes, Status(os.getpid()))
    logs.configure(settings.log_level)
    try:
        with asyncio.Runner(loop_factory=ServerEventLoop) as runner:
            runner.run(work(settings, pipes, loaded))
    except StartError as error:
        logs.LOG.error("cannot start", extra={"problem": str(error)})
        return 1
    except ServingEndedError:
        logs.LOG.critical("serving ended by itself")
        return 1
    return 0


async def work(settings: ServerSettings, pipes: Pipes, loaded: Preloaded) -> None:
    """Serve until SIGTERM comes, or the supervisor is gone; then drain.

    Raises
    ------
    StartError
        If the server cannot start.
    """
    ending = Ending()
    stop = ending.stop
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ending.ask)
    # Ctrl-C goes to all processes of a terminal; the supervisor decides what it means.
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    Thread(target=_wait_for_the_end, args=(pipes, loop, stop), daemon=True).start()
    server = Server(settings, loaded=loaded)
    try:
        await server.start(announce="worker ready")
        thread_priority.let_planning_go_first()
        while not stop.is_set():
            server.check_serving()
            _tell(pipes, _status(server))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), TELL_EVERY_S)
        await server.lose_connections(ending.hurry)
    finally:
        await server.drain()


def _status(server: Server) -> Status:
    version = server.network.state.version
    return Status(os.getpid(), True, server.report(), version, server.store.kind)


def _tell(pipes: Pipes, status: Status) -> None:
    # Without a supervisor there is nobody to tell; the other pipe ends the worker.
    with contextlib.suppress(BrokenPipeError, BlockingIOError):
        os.write(pipes.status_fd, status.line())


def _wait_for_the_end(pipes: Pipes, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait until the supervisor closes its end of the pipe, or dies."""
    while os.read(pipes.life_fd, 1):
        pass
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(stop.set)
