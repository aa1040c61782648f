"""Goes through the store now and then, page by page, and lets go of what is old."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Final

from allocation.errors import EngineError
from allocation.ledger.retention import DecisionPlace, Forgotten, Kept, Place, Retention
from allocation.server.network_store import NetworkStore
from allocation.server.retention.settings import RetentionSettings
from allocation.v1 import decision_pb2

LOG: Final = logging.getLogger("allocation.server")

PAGE_ROWS: Final = 500
"""Rows that are looked at in one write, during which other writes of the process wait."""

PAUSE_S: Final = 0.05
"""Rest between two pages."""

LOOKS: Final = 10
"""How often it is looked, within the time between two passes, whether one is due."""

_MOST_LAG: Final = timedelta(minutes=10)
"""How far a process may be behind others: decisions made since the oldest, or recorded later,
may be of an older network than that one."""


_EVER: Final = timedelta(days=36_500)


class Forgetter:
    """Makes passes in a thread of its own; of several processes, one makes each pass.

    Parameters
    ----------
    retention
        Lets go.
    network
        Says which version of the network is current.
    settings
        How long what is kept.
    now
        Wall clock: aware UTC datetimes.
    shipped_digest
        Of what this version of the program came with, which is kept.
    """

    def __init__(
        self,
        retention: Retention,
        network: NetworkStore,
        settings: RetentionSettings,
        now: Callable[[], datetime],
        shipped_digest: bytes = b"",
    ) -> None:
        self._retention = retention
        self._network = network
        self._settings = settings
        self._now = now
        self._shipped_digest = shipped_digest
        self._unnamed: set[bytes] = set()
        self._stop = Event()
        self._thread = Thread(target=self._work, name="forgetter", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop after the page at hand. Repeatable."""
        self._stop.set()
        self._thread.join()

    def make_pass(self) -> dict[str, int] | None:
        """Make a pass if one is due; return how many rows are gone, by what they were.

        Raises
        ------
        LedgerUnavailableError
            The store cannot be used; the next pass goes on.
        """
        now, settings = self._now(), self._settings
        every = timedelta(seconds=settings.every_s)
        version = self._network.state.version
        before = self._retention.begin(now=now, every=every, network_version=version)
        if before is None:
            return None
        gone = {}
        for kept in Kept:
            age = settings.age_of(kept)
            if age is not None:
                gone[kept.value] = self._pages(self._page_of(kept, now - age))
        if settings.decisions_days:
            gone["network"] = self._pages(self._page_of_network(self._needed_from(before)))
            gone["contents"] = self._forget_contents()
        return gone

    def _page_of(self, kept: Kept, before: datetime) -> Callable[[Place], Forgotten]:
        return lambda after: self._retention.forget(
            kept, before=before, after=after, limit=PAGE_ROWS
        )

    def _page_of_network(self, below: int) -> Callable[[Place], Forgotten]:
        return lambda after: self._retention.forget_network(
            below=below, after=after, limit=PAGE_ROWS
        )

    def _needed_from(self, before: int) -> int:
        """Return the oldest version of the network that somebody may still ask for."""
        # A decision that is being made may be older than its record: by less than a pass.
        needed = before
        after: DecisionPlace | None = None
        while not self._stop.is_set():
            records, after = self._retention.oldest_decisions(
                within=_MOST_LAG, after=after, limit=PAGE_ROWS
            )
            for record in records:
                version = decision_pb2.DecisionRecord.FromString(record).network_version
                needed = min(needed, version)
            if after is None:
                return needed
        # Told to stop: nothing is known to be over.
        return 0

    def _forget_contents(self) -> int:
        """Let go of what other versions came with, once no record names it.

        Not before the second look of this process: one of another version may be at work that
        has not recorded anything for now.
        """
        before, self._unnamed = self._unnamed, self._not_named()
        return self._retention.forget_contents(sorted(before & self._unnamed))

    def _not_named(self) -> set[bytes]:
        """Return contents that neither this process nor any record needs."""
        unnamed = set(self._retention.contents()) - {self._shipped_digest}
        after: DecisionPlace | None = None
        # Older versions decided first, so most are found to be needed at once.
        while unnamed:
            records, after = self._retention.oldest_decisions(
                within=_EVER, after=after, limit=PAGE_ROWS
            )
            unnamed -= {
                decision_pb2.DecisionRecord.FromString(record).shipped_data for record in records
            }
            if after is None:
                return unnamed
            if self._stop.wait(PAUSE_S):
                break
        return set()

    def _pages(self, forget: Callable[[Place], Forgotten]) -> int:
        count = 0
        after: Place = ()
        while not self._stop.is_set():
            done = forget(after)
            count += done.count
            if done.after is None:
                break
            after = done.after
            self._stop.wait(PAUSE_S)
        return count

    def _work(self) -> None:
        while not self._stop.wait(self._settings.every_s / LOOKS):
            try:
                gone = self.make_pass()
            except EngineError as error:
                LOG.warning("what is old stays for now", extra={"problem": error.message})
            except Exception:
                # A bug; nothing depends on what is old going away.
                LOG.exception("what is old stays for now")
            else:
                if gone is not None:
                    LOG.info("what is old was let go of", extra=gone)
