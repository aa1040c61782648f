"""The network as rows that outlive a process: what was put, version by version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class NetworkRow(NamedTuple):
    """One entity as it was put; what `kind` and `content` mean is up to whoever puts it."""

    kind: str
    id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class NetworkRows:
    """Rows, each entity once, and the version of the network that they lead to."""

    version: int
    rows: tuple[NetworkRow, ...]


class NetworkLog(Protocol):
    """Keeps every version of every entity. Safe to use from many threads and processes.

    Every method may raise `LedgerUnavailableError`.
    """

    def version(self) -> int:
        """Return the version of the network, 0 before the first put."""
        ...

    def add(self, rows: Sequence[NetworkRow], *, after: int) -> int | None:
        """Add a version made of these rows; durable when this returns.

        Parameters
        ----------
        after
            The version that the rows were checked against.

        Returns
        -------
        int or None
            The new version; ``None`` if somebody else has added one since.
        """
        ...

    def since(self, version: int) -> NetworkRows:
        """Return what has changed after a version, each entity as it is now."""
        ...

    def at(self, version: int) -> NetworkRows:
        """Return every entity as it was at a version."""
        ...
