"""The network's versions in memory."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from allocation.ledger.network_rows import NetworkRow, NetworkRows


class MemoryNetworkLog:
    """Implements `NetworkLog`."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._versions: list[tuple[NetworkRow, ...]] = []

    def version(self) -> int:
        """See `NetworkLog.version`."""
        return len(self._versions)

    def add(self, rows: Sequence[NetworkRow], *, after: int) -> int | None:
        """See `NetworkLog.add`."""
        with self._lock:
            if len(self._versions) != after:
                return None
            self._versions.append(tuple(rows))
            return len(self._versions)

    def since(self, version: int) -> NetworkRows:
        """See `NetworkLog.since`."""
        return self._between(version, len(self._versions))

    def at(self, version: int) -> NetworkRows:
        """See `NetworkLog.at`."""
        return self._between(0, version)

    def _between(self, after: int, upto: int) -> NetworkRows:
        latest = {(row.kind, row.id): row for rows in self._versions[after:upto] for row in rows}
        return NetworkRows(upto, tuple(latest[key] for key in sorted(latest)))
