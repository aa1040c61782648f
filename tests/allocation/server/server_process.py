"""A server in a process of its own, that a test can kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import sys
from allocation.server.server import run
from allocation.server.settings import ServerSettings
sys.exit(run(ServerSettings(port=0, store=sys.argv[1], threads=2, queue=256)))
"""


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
    log = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, store],
        stderr=log,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            if process.stderr is None:
                raise AssertionError("the log is not piped")
            for line in process.stderr:
                entry = json.loads(line)
                if entry["message"] == "ready":
                    yield ServerProcess(process, entry["address"])
                    break
            else:
                raise AssertionError("the server did not start")
        finally:
            process.kill()
