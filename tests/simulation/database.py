"""A PostgreSQL in the care of a process of its own, to be killed at will.

Starting a database as another user forks, and a process that has gRPC at work is not to fork.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from tests.allocation.ledger.postgres_server import Server
from tests.simulation.fleet import ROOT

BACK: Final = "back"
MOST_STOP_S: Final = 120


class Database:
    """A database that is gone once it is closed."""

    def __init__(self) -> None:
        self._keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.database"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.dsn = self._listen()

    def kill(self) -> None:
        """Kill it and bring it back."""
        assert self._keeper.stdin is not None
        self._keeper.stdin.write("kill\n")
        self._keeper.stdin.flush()
        assert self._listen() == BACK

    def close(self) -> None:
        """Stop it for good."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.close()
        self._keeper.wait(MOST_STOP_S)
        self._keeper.stdout.close()
        assert self._keeper.returncode == 0

    def _listen(self) -> str:
        assert self._keeper.stdout is not None
        line = self._keeper.stdout.readline()
        assert line.endswith("\n"), "the keeper of the database has ended"
        return line.rstrip("\n")


def keep() -> None:
    """Run a database, and kill it and bring it back for every line that comes."""
    server = Server()
    try:
        print(server.dsn, flush=True)
        for _ in sys.stdin:
            server.kill()
            server.start()
            print(BACK, flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    keep()
