"""Metrics of several processes as one.

Prometheus's library is loaded when it is needed: who starts workers does so before.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where Prometheus's client library keeps the values of a process; read when it is imported."""


class SharedMetrics:
    """A directory in which workers keep their values, and the sum of them all."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="shipfrom-metrics-"))

    @property
    def environment(self) -> dict[str, str]:
        """What a worker's environment needs."""
        return {VARIABLE: str(self._folder)}

    def registry(self) -> CollectorRegistry:
        """Return a registry with the values of all workers, those that ended included."""
        from prometheus_client import CollectorRegistry  # noqa: PLC0415
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(self._folder))  # type: ignore[no-untyped-call]
        return registry

    def forget(self, pid: int) -> None:
        """Take the gauges of a process that has ended away; its counts stay."""
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

        mark_process_dead(pid, path=str(self._folder))  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Remove the directory."""
        shutil.rmtree(self._folder, ignore_errors=True)
