"""The planning view of the ledger, kept current beside the calls that use it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Final

from allocation.errors import EngineError
from allocation.ledger.api import Ledger
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.picture import StockPicture
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.ledger.view import LedgerView
from routing.ids import ItemId, LocationId

LOG: Final = logging.getLogger("allocation.server")

SWEEP_S: Final = 1.0
"""How often expired holds are written down, so that the view sees their stock again."""


class StockFollower:
    """Asks the ledger for its changes again and again, in a thread of its own.

    A picture is at most `poll_s` and one refresh older than the ledger; where the store tells
    of other processes' writes, it is younger most of the time. While the ledger cannot be read
    it grows older; pictures older than `most_stale_s` are not given out.

    Parameters
    ----------
    ledger
        What to follow.
    now
        Wall clock: aware UTC datetimes.
    clock
        Monotonic seconds.
    poll_s
        Seconds between two refreshes that nobody asked for.
    most_stale_s
        Age in seconds from which on a picture is of no use.
    view
        Pictures of the same ledger as they were at some moment; ``None``: read all of it.

    Raises
    ------
    LedgerUnavailableError
        The first picture cannot be read.
    """

    def __init__(
        self,
        ledger: Ledger,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        *,
        poll_s: float,
        most_stale_s: float,
        view: LedgerView | None = None,
    ) -> None:
        self._ledger = ledger
        self._now, self._clock = now, clock
        self._poll_s, self._most_stale_s = poll_s, most_stale_s
        self._fresh_s = self._swept_s = clock()
        self._started = now()
        if view is None:
            view = LedgerView(ledger, self._started)
        else:
            view.go_on(ledger, self._started)
        self._view = view
        self._wake, self._lock = Event(), Lock()
        self._waiting: list[tuple[bool, Future[None]]] = []
        self._closed = False
        self._problem: EngineError | None = None
        self._stop_listening = ledger.listen(self._wake.set)
        self._follower = Thread(target=self._follow, name="stock-follower", daemon=True)
        self._follower.start()

    @property
    def stale_s(self) -> float:
        """Seconds since the ledger was last known to hold nothing that the view lacks."""
        return max(0.0, self._clock() - self._fresh_s)

    @property
    def version(self) -> int:
        """Every change of the ledger up to this version is in the pictures."""
        return self._view.version

    @property
    def expired_count(self) -> int:
        """How many holds were written down as expired from here; other processes do so, too."""
        return self._view.expired_count

    def feed_age_s(self, now: datetime) -> float:
        """Return the age of the latest observation of stock, or the time since the start."""
        newest = self._view.newest_observed_time
        since = self._started if newest is None else max(newest, self._started)
        return max(0.0, (now - since).total_seconds())

    def picture(self, item_ids: Iterable[ItemId]) -> StockPicture:
        """Return what is available of these items, unchanging from now on.

        Raises
        ------
        LedgerUnavailableError
            It would be older than `most_stale_s`.
        """
        stale_s = self.stale_s
        if stale_s > self._most_stale_s:
            why = "" if self._problem is None else f" ({self._problem.message})"
            raise LedgerUnavailableError(
                f"the stock figures are {stale_s:.1f} s old, more than the "
                f"{self._most_stale_s:g} s that planning may rely on{why}; try again",
                {"stale_ms": f"{stale_s * 1000:.0f}"},
            )
        return self._view.picture(item_ids)

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """Return where units are and who has them, as the ledger has it now."""
        return self._ledger.serials(keys)

    def has_any_lots(self) -> bool:
        """Say whether any units are told apart by lot."""
        return self._view.has_any_lots

    def has_lots(self, item_id: ItemId, location_id: LocationId) -> bool:
        """Say whether units of an item at a location are told apart by lot."""
        return self._view.has_lots(item_id, location_id)

    def catch_up(self, *, sweep: bool = False) -> Future[None]:
        """Return what is done once everything that is in the ledger now is in the pictures.

        Calls at the same time share one refresh. It ends with the error of the ledger if
        that cannot be read.

        Parameters
        ----------
        sweep
            Also write down holds that have run out, and see their stock again.
        """
        future: Future[None] = Future()
        # Whoever stops waiting takes nothing away from the others.
        future.set_running_or_notify_cancel()
        with self._lock:
            if self._closed:
                raise LedgerUnavailableError("the ledger is closed")
            self._waiting.append((sweep, future))
        self._wake.set()
        return future

    def close(self) -> None:
        """Stop following. Repeatable."""
        self._stop_listening()
        with self._lock:
            self._closed = True
        self._wake.set()
        self._follower.join()

    def _follow(self) -> None:
        while not self._closed:
            self._wake.wait(self._poll_s)
            # Before the look at who waits: whoever comes later wakes us again.
            self._wake.clear()
            with self._lock:
                waiting, self._waiting = self._waiting, []
            problem = self._refresh(sweep=any(sweep for sweep, _ in waiting))
            for _, future in waiting:
                if problem is None:
                    future.set_result(None)
                else:
                    future.set_exception(problem)
        for _, future in self._waiting:
            future.set_exception(LedgerUnavailableError("the ledger is closed"))

    def _refresh(self, *, sweep: bool) -> Exception | None:
        began_s = self._clock()
        sweep = sweep or began_s - self._swept_s >= SWEEP_S
        try:
            self._view.refresh(self._now(), sweep=sweep)
        except EngineError as error:
            if self._problem is None and not self._closed:
                LOG.warning("stock cannot be followed", extra={"problem": error.message})
            self._problem = error
            return error
        except Exception as error:
            # A bug; planning goes on with what it has until that is too old.
            LOG.exception("stock cannot be followed")
            return error
        if self._problem is not None:
            LOG.info("stock is followed again", extra={"stale_s": round(self.stale_s, 1)})
            self._problem = None
        self._fresh_s = began_s
        if sweep:
            self._swept_s = began_s
        return None
