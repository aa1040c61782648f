"""A worker as its supervisor sees it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping

from allocation.server.processes.settings_text import write_settings
from allocation.server.processes.status import Status, parse_status
from allocation.server.settings import ServerSettings

STUCK_S = 30.0
"""Silence from which on a worker is taken for stuck."""


class WorkerProcess:
    """A process that was started and says how it is.

    Parameters
    ----------
    settings
        Handed to it.
    environment
        Its variables.
    clock
        Monotonic seconds.

    Attributes
    ----------
    status
        What it said last; ``None`` before the first word.
    stopping
        Whether it was told to end.
    """

    def __init__(
        self,
        settings: ServerSettings,
        environment: Mapping[str, str],
        clock: Callable[[], float],
    ) -> None:
        self._clock = clock
        self.started_s = self._heard_s = clock()
        self.status: Status | None = None
        self.stopping = False
        self.fd, theirs = os.pipe()
        os.set_blocking(self.fd, False)
        os.set_blocking(theirs, False)
        self._rest = b""
        command = [sys.executable, "-m", "allocation.server.processes.worker", str(theirs)]
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter and arguments
                command,
                stdin=subprocess.PIPE,
                env=dict(environment),
                pass_fds=(theirs,),
                # A terminal's Ctrl-C is for the supervisor.
                start_new_session=True,
            )
        finally:
            os.close(theirs)
        self._hand_over(settings)

    def _hand_over(self, settings: ServerSettings) -> None:
        """Send the settings; the pipe stays open as long as the worker is to live."""
        pipe = self._process.stdin
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.write(write_settings(settings).encode() + b"\n")
                pipe.flush()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def serving(self) -> bool:
        """Whether it has said that it takes calls."""
        return self.status is not None and self.status.serving

    @property
    def stuck(self) -> bool:
        """Whether it has said nothing for too long."""
        return self._clock() - self._heard_s > STUCK_S

    def hear(self) -> None:
        """Read what it has said."""
        with contextlib.suppress(BlockingIOError):
            while content := os.read(self.fd, 1 << 16):
                *lines, self._rest = (self._rest + content).split(b"\n")
                for line in lines:
                    self.status = parse_status(line)
                    self._heard_s = self._clock()

    def exit_code(self) -> int | None:
        """Return how it ended; ``None`` while it runs, a negative number for a signal."""
        return self._process.poll()

    def stop(self) -> None:
        """Tell it to drain and end."""
        self.stopping = True
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)

    def close(self) -> None:
        """Let go of it, after it has ended."""
        os.close(self.fd)
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def _send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
