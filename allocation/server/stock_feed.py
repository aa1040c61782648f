"""SetLevels: a feed of any length, taken message by message."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from allocation.errors import InvalidRequestError
from allocation.ledger.api import Ledger
from allocation.ledger.feed import FeedKind, RowError
from allocation.ledger.feed_session import MOST_ERRORS, STRETCH_ROWS, FeedSession
from allocation.ledger.level import StockOwner
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.findings import Findings
from allocation.server.codec.level_rows import decode_rows
from allocation.server.codec.text import decode_word
from allocation.server.codec.times import decode_time
from allocation.server.codec.waiting import encode_allotted, encode_slipped
from allocation.server.limits import RequestLimits
from allocation.server.network_store import NetworkStore
from allocation.v1 import stock_pb2
from allocation.v1 import stock_service_pb2 as pb
from routing.errors import Violation

FEED_KINDS = EnumTable(pb.FeedKind, "FEED_KIND", FeedKind, FeedKind.DELTA)
OWNERS = EnumTable(stock_pb2.StockOwner, "STOCK_OWNER", StockOwner, StockOwner.ENGINE)


class StockFeed:
    """One feed; its methods block while the ledger writes, and are called one at a time.

    Parameters
    ----------
    ledger
        Takes the rows.
    network
        Says which items and locations there are, and how items are counted.
    limits
        Most rows of one message.
    now
        Wall clock: aware UTC datetimes.
    """

    def __init__(
        self,
        ledger: Ledger,
        network: NetworkStore,
        limits: RequestLimits,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._network = network
        self._limits = limits
        self._now = now
        self._session: FeedSession | None = None
        self._owner = StockOwner.ENGINE
        self._rows = 0
        self._refused = array("q")
        self._errors: list[RowError] = []

    def take(self, message: pb.SetLevelsRequest) -> None:
        """Take the next message; all but its last rows are written when this returns.

        Raises
        ------
        allocation.errors.EngineError
            The message breaks the contract, or the ledger cannot take rows.
        """
        self._limits.check("rows", len(message.rows))
        session = self._begin(message)
        for begin in range(0, len(message.rows), STRETCH_ROWS):
            # A stretch at a time: one is read while the ledger writes the one before it.
            self._take_rows(session, message.rows[begin : begin + STRETCH_ROWS])

    def _take_rows(self, session: FeedSession, messages: Sequence[pb.LevelRow]) -> None:
        rows, errors = decode_rows(messages, self._network.state.network, self._owner)
        if any(error.path in _NAMES for error in errors) and self._network.refresh():
            # Another process has put something meanwhile, perhaps what was unknown.
            rows, errors = decode_rows(messages, self._network.state.network, self._owner)
        for error in errors:
            self._refused.append(self._rows + error.row)
        room = MOST_ERRORS - len(self._errors)
        self._errors += [
            RowError(self._rows + error.row, error.path, error.message) for error in errors[:room]
        ]
        self._rows += len(messages)
        session.add(rows)

    def finish(self) -> pb.SetLevelsResponse:
        """Write what is left and return how it went.

        Raises
        ------
        allocation.errors.EngineError
            No message came, or the ledger cannot take rows.
        """
        if self._session is None:
            raise InvalidRequestError([_HEADER_MISSING])
        summary = self._session.finish()
        errors = self._errors + [
            RowError(self._place_of(error.row), error.path, error.message)
            for error in summary.errors
        ]
        errors.sort(key=lambda error: error.row)
        items = self._network.state.network.items
        return pb.SetLevelsResponse(
            accepted_rows=summary.accepted_rows,
            refused_rows=summary.refused_rows + len(self._refused),
            errors=[
                pb.RowError(row=error.row, path=error.path, message=error.message)
                for error in errors[:MOST_ERRORS]
            ],
            stock_version=summary.version,
            allotted=encode_allotted(summary.settled.allotted, items),
            slipped=encode_slipped(summary.settled.slipped, items),
        )

    def _begin(self, message: pb.SetLevelsRequest) -> FeedSession:
        if self._session is not None:
            if message.HasField("header"):
                again = Violation("header", "came already; it is in the first message only")
                raise InvalidRequestError([again])
            return self._session
        if not message.HasField("header"):
            raise InvalidRequestError([_HEADER_MISSING])
        findings, header = Findings(), message.header
        request_id = decode_word(header.request_id, "header.request_id", findings) or ""
        kind = FEED_KINDS.decode(header.kind, "header.kind", findings)
        owner = OWNERS.decode(header.owner, "header.owner", findings)
        observed: datetime | None = None
        if header.HasField("observed_time"):
            observed = decode_time(header.observed_time, "header.observed_time", findings)
        findings.raise_if_refused()
        self._owner = owner or StockOwner.ENGINE
        self._session = FeedSession(
            self._ledger,
            self._now,
            request_id=request_id,
            owner=self._owner,
            kind=kind or FeedKind.DELTA,
            observed_time=observed,
        )
        return self._session

    def _place_of(self, row: int) -> int:
        """Return the place in the whole feed of a row that the ledger was given."""
        low, high = row, row + len(self._refused)
        while low < high:
            middle = (low + high) // 2
            # Rows up to here that the ledger was given.
            if middle + 1 - bisect_left(self._refused, middle + 1) > row:
                high = middle
            else:
                low = middle + 1
        return low


_NAMES: Final = frozenset({"inventory_item_id", "location_id"})
"""Fields of a row that name what has to be registered."""

_HEADER_MISSING = Violation("header", "is missing; the first message of a feed has it")
