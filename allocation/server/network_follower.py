"""Takes up what other processes put into the network."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import Final

from allocation.errors import EngineError
from allocation.server.network_store import NetworkStore

LOG: Final = logging.getLogger("allocation.server")

POLL_S: Final = 0.25

WARM_UP_ITEMS: Final = 200
WARM_UP_PAUSE_S: Final = 0.005


class NetworkFollower:
    """Asks the store again and again for a new version, in a thread of its own.

    Parameters
    ----------
    network
        What to keep current.
    poll_s
        Seconds between two looks.
    """

    def __init__(self, network: NetworkStore, poll_s: float = POLL_S) -> None:
        self._network = network
        self._poll_s = poll_s
        self._problem: str | None = None
        self._stop = Event()
        self._thread = Thread(target=self._follow, name="network-follower", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop following. Repeatable."""
        self._stop.set()
        self._thread.join()

    def _warm_up(self) -> None:
        """Decode what was left for later, bit by bit, so that no call has to wait for all."""
        for number, item_id in enumerate(self._network.state.network.items):
            if self._stop.is_set():
                return
            self._network.state.network.items.get(item_id)
            if number % WARM_UP_ITEMS == 0:
                self._stop.wait(WARM_UP_PAUSE_S)

    def _follow(self) -> None:
        try:
            self._warm_up()
        except EngineError as error:
            LOG.warning("an item cannot be used", extra={"problem": error.message})
        while not self._stop.wait(self._poll_s):
            try:
                if self._network.refresh():
                    LOG.info(
                        "network is followed",
                        extra={"network_version": self._network.state.version},
                    )
            except EngineError as error:
                if self._problem is None:
                    LOG.warning("network cannot be followed", extra={"problem": error.message})
                self._problem = error.message
            except Exception:
                # A bug; planning goes on with the network that it has.
                LOG.exception("network cannot be followed")
            else:
                self._problem = None
