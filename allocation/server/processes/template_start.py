"""The two ways to start a template: as a program of its own, or as a copy of this one.

A program of its own runs what is installed by now. The first template can as well be a copy of the
supervisor, which has imported a part of what it needs, and is ready the sooner.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1"}
"""NumPy's linear algebra is not used; its threads would be in the way of forks."""

_LOOK_S: Final = 0.01


class Process(Protocol):
    """A child of this process."""

    @property
    def pid(self) -> int:
        """Its process id."""
        ...

    def poll(self) -> int | None:
        """Return how it ended; ``None`` while it runs, a negative number for a signal."""
        ...

    def wait(self, timeout: float) -> int:
        """Return how it ended, or raise `subprocess.TimeoutExpired`."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


def start_program(environment: Mapping[str, str]) -> tuple[Process, socket.socket]:
    """Start a template as a program; return it and what to talk to it through.

    Parameters
    ----------
    environment
        Its variables, and those of its workers.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-m", "allocation.server.processes.template"]
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and arguments
            [*command, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            env=_ONE_THREAD | dict(environment),
            pass_fds=(theirs.fileno(),),
            # A terminal's Ctrl-C is for the supervisor.
            start_new_session=True,
        )
    return process, ours


def start_copy(
    environment: Mapping[str, str], leave: Callable[[], None]
) -> tuple[Process, socket.socket]:
    """Start a template as a copy of this process; return what `start_program` does.

    In the copy it does not return but ends the program, after the template or a worker has. No
    thread may run yet, and NumPy and Prometheus's library must not be imported.

    Parameters
    ----------
    leave
        Lets go, in the copy, of what is the supervisor's.
    """
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid != 0:
        theirs.close()
        return CopiedProcess(pid), ours
    ours.close()
    leave()
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.update(_ONE_THREAD | dict(environment))
    # Everything that a worker needs.
    from allocation.server.processes.template import be_template  # noqa: PLC0415

    sys.exit(be_template(theirs))


class CopiedProcess:
    """A child that was forked; see `Process`."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._exit_code: int | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._pid

    def poll(self) -> int | None:
        """Return how it ended; see `Process.poll`."""
        if self._exit_code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid != 0:
                self._exit_code = os.waitstatus_to_exitcode(status)
        return self._exit_code

    def wait(self, timeout: float) -> int:
        """Return how it ended; see `Process.wait`."""
        end_s = time.monotonic() + timeout
        while (exit_code := self.poll()) is None:
            if time.monotonic() >= end_s:
                raise subprocess.TimeoutExpired(f"template {self._pid}", timeout)
            time.sleep(_LOOK_S)
        return exit_code

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            os.kill(self._pid, 9)
