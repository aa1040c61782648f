"""Holds the network: readers see one whole version, puts replace it at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock

from allocation.server.codec.findings import Findings
from allocation.server.network_state import NetworkState


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


Change = Callable[[NetworkState, Findings], NetworkState]


class NetworkStore:
    """The current network.

    A put builds a whole new state from the old one and swaps it in at the end, so a
    reader holds on to one version for as long as it needs, and a refused put changes
    nothing. Puts go one after the other.

    Parameters
    ----------
    state
        The network to start with.
    """

    def __init__(self, state: NetworkState) -> None:
        self._state = state
        self._lock = Lock()

    @property
    def state(self) -> NetworkState:
        """The current version; it never changes under the reader's hands."""
        return self._state

    def put(self, change: Change, *, validate_only: bool = False) -> PutResult:
        """Apply a change, or only check it.

        Raises
        ------
        allocation.errors.InvalidRequestError
            If the change is refused; the network is then as before.
        """
        findings = Findings()
        with self._lock:
            changed = change(self._state, findings)
            if validate_only:
                return PutResult(self._state.version, findings.all_warnings())
            version = self._state.version + 1
            network = replace(changed.network, version=version)
            self._state = replace(changed, network=network)
        return PutResult(version, findings.all_warnings())
