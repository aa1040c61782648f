"""A server in a process of its own, that a test can kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import sys
from allocation.server.server import run
from allocation.server.settings import ServerSettings
sys.exit(run(ServerSettings(port=0, store=sys.argv[1], threads=2, queue=256)))
"""


def server_environment() -> dict[str, str]:
    """Return variables for a program of the build that is tested, which may be a compiled one."""
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)]))
    return {**os.environ, "PYTHONPATH": path}


@dataclass
class ServerProcess:
    """A running server."""

    process: subprocess.Popen[str]
    address: str

    def kill(self) -> None:
        """End it at once, with nothing written down."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)


@contextmanager
def server_process(store: str) -> Iterator[ServerProcess]:
    """Run a server on a store; it is gone afterwards."""
    # A file, as nobody reads along: a pipe that is full would hold the server up.
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, store],
            stderr=log,
            text=True,
            env=server_environment(),
        ) as process,
    ):
        try:
            yield ServerProcess(process, _address(process, log))
        finally:
            process.kill()


def _address(process: subprocess.Popen[str], log: IO[str]) -> str:
    while process.poll() is None:
        log.seek(0)
        for line in log.read().splitlines(keepends=True):
            if line.endswith("\n") and (entry := json.loads(line))["message"] == "ready":
                return str(entry["address"])
        time.sleep(0.05)
    raise AssertionError("the server did not start")
