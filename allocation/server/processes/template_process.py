"""A template of workers as its supervisor sees it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Callable
from typing import Final

from allocation.server.processes.settings_text import write_settings
from allocation.server.processes.template_start import Process
from allocation.server.processes.template_words import parse_ended
from allocation.server.processes.worker_process import WorkerProcess
from allocation.server.settings import ServerSettings

_END_S: Final = 5.0


class TemplateProcess:
    """A process that loads once and then forks workers.

    Parameters
    ----------
    process
        The process.
    control
        What to talk to it through.
    clock
        Monotonic seconds.

    Attributes
    ----------
    settings
        Those of its workers.
    loaded
        Whether it can be asked for workers.
    started_s
        When it was started.
    ended_s
        When its end was noted; ``None`` before.
    """

    settings: ServerSettings

    def __init__(
        self, process: Process, control: socket.socket, clock: Callable[[], float]
    ) -> None:
        self.loaded = False
        self.started_s = clock()
        self.ended_s: float | None = None
        self._clock = clock
        self._exit_codes: dict[int, int] = {}
        self._rest = b""
        self._process = process
        self._control = control

    def load(self, settings: ServerSettings) -> None:
        """Let it begin to load; it says when it has."""
        self.settings = settings
        with contextlib.suppress(OSError):
            self._control.sendall(write_settings(settings).encode() + b"\n")
        self._control.setblocking(False)

    @property
    def fd(self) -> int:
        """What becomes readable when it has something to say."""
        return self._control.fileno()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended; ``None`` while it runs, a negative number for a signal."""
        return self._process.poll()

    def start_worker(self) -> WorkerProcess:
        """Ask for a worker; that it never came shows as that it ended."""
        worker, pipes = WorkerProcess.waiting_for(self, self._clock)
        try:
            # A template that is gone leaves pipes that nobody has, as a worker that ended does.
            with contextlib.suppress(OSError):
                socket.send_fds(self._control, [b"w"], pipes)
        finally:
            for each in pipes:
                os.close(each)
        return worker

    def exit_code_of(self, pid: int) -> int | None:
        """Return how a worker ended; ``None`` if nothing is known of it."""
        return self._exit_codes.get(pid)

    def hear(self) -> bool:
        """Read what it has said; false if it says nothing any more."""
        with contextlib.suppress(BlockingIOError, ConnectionResetError):
            while content := self._control.recv(1 << 16):
                *lines, self._rest = (self._rest + content).split(b"\n")
                for line in lines:
                    self._take(line)
            return False
        return True

    def _take(self, line: bytes) -> None:
        ended = parse_ended(line)
        if ended is None:
            self.loaded = True
        else:
            pid, exit_code = ended
            self._exit_codes[pid] = exit_code

    def kill(self) -> None:
        """End it at once; that it has ended shows later."""
        self._process.kill()

    def close(self) -> None:
        """Let it end; workers that it has forked go on."""
        self._control.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            # One that cannot even be killed (its disk hangs) is left behind.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_S)
