"""One worker: a server whose settings come from, and whose health goes to, a supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from threading import Thread

from allocation.server import collector, logs
from allocation.server.ending import Ending
from allocation.server.processes.settings_text import read_settings
from allocation.server.processes.status import Status
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError

TELL_EVERY_S = 1.0
_INPUT = 0


async def work(settings: ServerSettings, status_fd: int) -> None:
    """Serve until SIGTERM comes, or the supervisor is gone; then drain.

    Parameters
    ----------
    status_fd
        Where health goes, once a second.

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
    Thread(target=_wait_for_the_end, args=(loop, stop), daemon=True).start()
    server = Server(settings)
    try:
        await server.start(announce="worker ready")
        while not stop.is_set():
            _tell(status_fd, server)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), TELL_EVERY_S)
        await server.lose_connections(ending.hurry)
    finally:
        await server.drain()


def _tell(status_fd: int, server: Server) -> None:
    version = server.network.state.version
    status = Status(True, server.report(), version, server.store.kind)
    # Without a supervisor there is nobody to tell; the other thread ends the worker.
    with contextlib.suppress(BrokenPipeError, BlockingIOError):
        os.write(status_fd, status.line())


def _wait_for_the_end(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Wait until the supervisor closes its end of our input, or dies."""
    while os.read(_INPUT, 1):
        pass
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(stop.set)


def main() -> int:
    """Run a worker; its settings are the first line of its input."""
    # Unbuffered: a thread that waits in a buffered read could not be ended with the process.
    with open(_INPUT, "rb", buffering=0, closefd=False) as pipe:  # no path
        settings = read_settings(pipe.readline().decode())
    logs.configure(settings.log_level)
    collector.relax()
    try:
        asyncio.run(work(settings, int(sys.argv[1])))
    except StartError as error:
        logs.LOG.error("cannot start", extra={"problem": str(error)})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
