"""Holds the network: readers see one whole version, puts replace it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final, TypeVar

from allocation.errors import UnknownItemError, UnknownLocationError
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.memory.network_log import MemoryNetworkLog
from allocation.ledger.network_rows import NetworkLog
from allocation.server.codec.findings import Findings
from allocation.server.network_content import rows_between, with_rows
from allocation.server.network_state import NetworkState

MOST_ATTEMPTS: Final = 16
"""How often a put is checked anew because another process has put something meanwhile."""


@dataclass(frozen=True, slots=True)
class PutResult:
    """What a put came to.

    Attributes
    ----------
    network_version
        Of the network after the put; unchanged when it was only checked.
    warnings
        What was accepted but deserves a look.
    """

    network_version: int
    warnings: tuple[str, ...]


T = TypeVar("T")

Change = Callable[[NetworkState, Findings], NetworkState]


class NetworkStore:
    """The current network, and its versions in the store.

    A put builds a whole new state from the old one and swaps it in once it is in the store,
    so a reader holds on to one version for as long as it needs, and a refused put changes
    nothing. Puts go one after the other, over all processes on one store.

    Parameters
    ----------
    state
        The network to start with, before anything was put.
    log
        Where versions are kept; ``None``: in memory.
    known
        What the log has made of `state` at some version; ``None``: nothing is known of it.

    Raises
    ------
    LedgerUnavailableError, InvalidRequestError
        What is in the store cannot be read, or not be used.
    """

    def __init__(
        self,
        state: NetworkState,
        log: NetworkLog | None = None,
        known: NetworkState | None = None,
    ) -> None:
        self._base = state
        self._state = state if known is None else known
        self._log = MemoryNetworkLog() if log is None else log
        self._lock = Lock()
        self.refresh()

    @property
    def state(self) -> NetworkState:
        """The current version; it never changes under the reader's hands."""
        return self._state

    def put(
        self, change: Change, *, validate_only: bool = False, even_if_same: bool = True
    ) -> PutResult:
        """Apply a change, or only check it.

        Parameters
        ----------
        even_if_same
            Whether a put of what is there already makes a version of its own.

        Raises
        ------
        allocation.errors.InvalidRequestError
            If the change is refused; the network is then as before.
        LedgerUnavailableError
            It could not be stored.
        """
        with self._lock:
            for _ in range(MOST_ATTEMPTS):
                findings = Findings()
                changed = change(self._state, findings)
                if validate_only:
                    return PutResult(self._state.version, findings.all_warnings())
                rows = rows_between(self._state, changed)
                if not rows and not even_if_same:
                    return PutResult(self._state.version, findings.all_warnings())
                version = self._log.add(rows, after=self._state.version)
                if version is not None:
                    network = replace(changed.network, version=version)
                    self._state = replace(changed, network=network)
                    return PutResult(version, findings.all_warnings())
                self._catch_up()
        raise LedgerUnavailableError(
            "other processes change the network all the time; try again a little later"
        )

    def refresh(self) -> bool:
        """Take up what other processes have put; say whether there was anything.

        Raises
        ------
        LedgerUnavailableError, InvalidRequestError
            The store cannot be read, or holds what this program cannot use; the network is
            then as before.
        """
        if self._log.version() == self._state.version:
            return False
        with self._lock:
            return self._catch_up()

    def with_names(self, work: Callable[[NetworkState], T]) -> T:
        """Return what `work` makes of the network, of the newest where it does not know a name.

        What is unknown here may have been put in another process a moment ago.

        Raises
        ------
        UnknownItemError, UnknownLocationError
            The name is unknown everywhere.
        LedgerUnavailableError
            The store cannot be asked.
        """
        state = self._state
        try:
            return work(state)
        except (UnknownItemError, UnknownLocationError):
            if not self.refresh() and self._state is state:
                raise
            return work(self._state)

    def at(self, version: int, base: NetworkState | None = None) -> NetworkState:
        """Return the network as it was at a version.

        Parameters
        ----------
        base
            What it was before anything was put; ``None``: the same as today.

        Raises
        ------
        LedgerUnavailableError, InvalidRequestError
            The store cannot be read, or holds what this program cannot use.
        """
        state = self._state
        if base is None and version == state.version:
            return state
        return with_rows(base or self._base, self._log.at(version).rows, version)

    def _catch_up(self) -> bool:
        found = self._log.since(self._state.version)
        if found.version == self._state.version:
            return False
        self._state = with_rows(self._state, found.rows, found.version)
        return True
