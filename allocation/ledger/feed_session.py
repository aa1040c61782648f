"""A feed of any length, taken in stretches while other writes go on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allocation.ledger.api import Ledger
from allocation.ledger.commands import SetLevels, feed_fingerprint
from allocation.ledger.errors import RequestIdReusedError
from allocation.ledger.feed import FeedKind, LevelRow, RowError
from allocation.ledger.instants import checked_instant
from allocation.ledger.level import LevelKey, StockOwner
from allocation.ledger.named_keys import NamedKeys
from allocation.ledger.replies import AuditReport, FeedReply, Reply
from allocation.ledger.waiting import NOTHING_SETTLED, Settled
from routing.counters import is_counter_item
from routing.ids import LocationId

STRETCH_ROWS: Final = 1_024
"""Rows that are written in one transaction, during which other writes wait."""

MOST_ERRORS: Final = 1_000
"""Refused rows that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class FeedSummary:
    """How much of a feed was taken.

    Attributes
    ----------
    errors
        The first `MOST_ERRORS` of the refused rows, `RowError.row` from 0 over the feed.
    version
        A snapshot at this version, or a later one, contains the feed.
    settled
        What it meant for units that wait, the first `MOST_ERRORS` of each kind.
    """

    accepted_rows: int
    refused_rows: int
    errors: tuple[RowError, ...]
    version: int
    settled: Settled = NOTHING_SETTLED


class FeedSession:
    """Takes rows as they come; not safe to use from several threads at once.

    Every stretch counts as soon as it is written, so others see a long feed arrive bit by
    bit. One stretch at a time is being written, while the caller makes the next one ready:
    the rows of a feed take effect in their order. If it breaks off, what was written stays;
    the whole feed, sent again under its `request_id`, goes on from there. Levels that a full
    feed leaves out become zero in `finish`.

    Parameters
    ----------
    ledger
        Where to.
    clock
        Returns the time as aware UTC.
    request_id
        Idempotency key of the whole feed; empty: it is not remembered.
    owner, kind, observed_time
        See `Ledger.set_levels`.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Callable[[], datetime],
        *,
        request_id: str = "",
        owner: StockOwner = StockOwner.ENGINE,
        kind: FeedKind = FeedKind.DELTA,
        observed_time: datetime | None = None,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._begun = checked_instant("begun", clock())
        self._request_id = request_id
        self._owner = owner
        self._kind = kind
        self._observed_time = (
            None if observed_time is None else checked_instant("observed_time", observed_time)
        )
        self._waiting: list[LevelRow] = []
        self._writing: tuple[list[LevelRow], Future[Reply | AuditReport]] | None = None
        self._stretches = 0
        self._rows = 0
        self._accepted = self._refused = self._version = 0
        self._errors: list[RowError] = []
        self._settled = NOTHING_SETTLED
        self._content = hashlib.sha256()
        self._named = NamedKeys()
        self._locations: set[LocationId] = set()

    def add(self, rows: Iterable[LevelRow]) -> None:
        """Take rows; returns when all but the last one or two stretches are written.

        Raises
        ------
        RequestIdReusedError
            The feed's id belongs to a feed with other rows.
        LedgerUnavailableError
        """
        self._waiting.extend(rows)
        done = 0
        while len(self._waiting) - done >= STRETCH_ROWS:
            self._write(self._waiting[done : done + STRETCH_ROWS])
            done += STRETCH_ROWS
        del self._waiting[:done]

    def finish(self) -> FeedSummary:
        """Write what is left, and what a full feed leaves unsaid; return how it went.

        Raises
        ------
        RequestIdReusedError, LedgerUnavailableError
        """
        if self._waiting:
            self._write(self._waiting)
        self._finish_stretch()
        content = self._content.digest()
        # A repeat of a feed that was finished must not clear what has come in since.
        if self._ledger.find_feed(self._request_id, content) is None:
            for location_id in sorted(self._locations):
                self._clear_rest_of(location_id)
            if self._request_id:
                self._submit([], self._request_id, content)
                self._finish_stretch()
        return FeedSummary(
            self._accepted, self._refused, tuple(self._errors), self._version, self._settled
        )

    def _write(self, rows: list[LevelRow]) -> None:
        named = self._name_of_stretch(rows)
        self._finish_stretch()
        self._submit(rows, *named)
        self._stretches += 1

    def _finish_stretch(self) -> None:
        """Wait for the stretch that is being written, and count what was taken of it."""
        if self._writing is None:
            return
        (rows, future), self._writing = self._writing, None
        try:
            reply = future.result()
        except RequestIdReusedError as error:
            # Nobody has heard of the ids that its stretches go by.
            raise RequestIdReusedError(self._request_id) from error
        if not isinstance(reply, FeedReply):
            raise TypeError(f"a feed was answered by {type(reply).__name__}")
        self._note(reply)
        self._accepted += reply.accepted_rows
        self._refused += len(reply.errors)
        room = MOST_ERRORS - len(self._errors)
        self._errors += [
            RowError(self._rows + error.row, error.path, error.message)
            for error in reply.errors[:room]
        ]
        if self._kind is FeedKind.FULL:
            self._named.add(row.key for row in rows)
            self._locations.update(row.key.location_id for row in rows)
        self._rows += len(rows)

    def _name_of_stretch(self, rows: list[LevelRow]) -> tuple[str, bytes | None]:
        """Return the request id and the fingerprint of the next stretch."""
        if not self._request_id:
            return "", None
        content = feed_fingerprint(rows, self._owner, self._kind, self._observed_time)
        self._content.update(content)
        return f"{self._request_id}~{self._stretches}", content

    def _submit(self, rows: list[LevelRow], request_id: str, content: bytes | None) -> None:
        command = SetLevels(
            now=self._clock(),
            request_id=request_id,
            rows=tuple(rows),
            owner=self._owner,
            kind=FeedKind.DELTA,
            observed_time=self._observed_time,
            begun=self._begun,
            caller_fingerprint=content,
        )
        self._writing = rows, self._ledger.submit(command)

    def _note(self, reply: FeedReply) -> None:
        self._version = max(self._version, reply.version)
        self._settled = Settled(
            (*self._settled.allotted, *reply.settled.allotted)[:MOST_ERRORS],
            (*self._settled.slipped, *reply.settled.slipped)[:MOST_ERRORS],
        )

    def _clear_rest_of(self, location_id: LocationId) -> None:
        after: LevelKey | None = None
        while page := self._ledger.level_keys(location_id, after=after, limit=STRETCH_ROWS):
            stock = [key for key in page if not is_counter_item(key.item_id)]
            missing = self._named.missing(stock)
            if missing:
                reply = self._ledger.clear_levels(
                    missing,
                    owner=self._owner,
                    observed_time=self._observed_time or self._begun,
                    now=self._clock(),
                )
                self._note(reply)
            after = page[-1]
