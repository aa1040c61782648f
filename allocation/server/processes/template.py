"""The template of workers: everything that they have in common is loaded once, then copied.

A process loads the program, the network and the levels, and starts no thread and no gRPC.
Whenever its supervisor asks, it forks a worker, which serves at once and shares the memory of
what was loaded for as long as neither changes it. New code or new settings take a new template.

The supervisor talks to it through a socket. First it sends the settings, as a line. Then every
byte asks for a worker; with it come the two pipes that the worker is to have. What the template
answers is `LOADED`, once, and the end of each worker, as lines.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
from typing import Final

from allocation.optimize.ladder import or_tools
from allocation.server import collector, logs, turns
from allocation.server.edge import make_gate
from allocation.server.environment import default_environment
from allocation.server.loading import Preloaded, load
from allocation.server.processes.settings_text import read_settings
from allocation.server.processes.template_words import LOADED, ended
from allocation.server.processes.worker import Pipes, run_worker
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError

_IDLE_S: Final = 5.0
"""Quiet from which on there is time to load what workers load when they serve already."""

_PIPES: Final = 2


class Template:
    """Forks workers.

    Parameters
    ----------
    control
        To the supervisor.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> Pipes | None:
        """Fork a worker for everyone that is asked for.

        Returns
        -------
        Pipes | None
            In a worker, what it was given. In the template ``None``, when the supervisor is gone.
        """
        # Of workers that end; the handler itself has nothing to do.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake.fileno())
        self._say(LOADED)
        idle_s: float | None = _IDLE_S
        while True:
            ready = {key.fileobj for key, _ in self._selector.select(idle_s)}
            if not ready:
                or_tools()
                collector.relax()
                idle_s = None
            if self._woken in ready:
                self._woken.recv(1 << 12)
                self._tell_of_ended()
            if self._control in ready:
                asked, files, *_ = socket.recv_fds(self._control, 1, _PIPES)
                if not asked:
                    return None
                pipes = Pipes(*files)
                if os.fork() == 0:
                    self._leave()
                    return pipes
                pipes.close()

    def _tell_of_ended(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._say(ended(pid, os.waitstatus_to_exitcode(status)))

    def _say(self, line: bytes) -> None:
        try:
            self._control.sendall(line)
        except OSError:
            # The supervisor is gone; the next look at the socket says so, too.
            return

    def _leave(self) -> None:
        """Let go, in a worker, of what is the template's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for each in (self._control, self._wake, self._woken):
            each.close()


def prepare(settings: ServerSettings) -> Preloaded:
    """Load what workers share.

    Raises
    ------
    StartError
        They could not start.
    """
    environment = default_environment(verify_plans=settings.verify_plans)
    # Before anything is opened: a server that may not run must not touch the store.
    make_gate(settings, environment)
    return load(settings, environment)


def main() -> int:
    """Be a template; the number of its socket is the first argument. Returns in workers, too."""
    return be_template(socket.socket(fileno=int(sys.argv[1])))


def be_template(control: socket.socket) -> int:
    """Load what the supervisor says, and fork workers until it is gone.

    Returns
    -------
    int
        Of the template, or of a worker: 0 after all went well, 1 if it could not start.
    """
    line = _line(control)
    if not line:
        # The supervisor could not start.
        return 0
    settings = read_settings(line.decode())
    # A thread would not survive a fork.
    logs.configure(settings.log_level, buffered=False)
    collector.pause()
    try:
        loaded = prepare(settings)
    except StartError as error:
        logs.LOG.error("cannot start", extra={"problem": str(error)})
        return 1
    # What is loaded by now is not looked at by the collector, in no worker: to look at a page
    # would be to have a copy of it.
    collector.relax()
    turns.share()
    pipes = Template(control).serve()
    return 0 if pipes is None else run_worker(settings, pipes, loaded)


def _line(control: socket.socket) -> bytes:
    """Return the first line; nothing follows it before there was an answer."""
    content = b""
    while not content.endswith(b"\n"):
        more = control.recv(1 << 16)
        if not more:
            break
        content += more
    return content


if __name__ == "__main__":
    sys.exit(main())
