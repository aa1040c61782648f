"""WatchStock: changes of levels as they happen, resumable, as fast as the watcher reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from allocation.errors import OverloadedError
from allocation.ledger.api import Ledger
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.replies import Change, ChangeBatch
from allocation.server.codec.level import REASONS, encode_level
from allocation.server.low_stock import LowStock
from allocation.server.low_stock_watch import Crossings, Facts
from allocation.server.network_store import NetworkStore
from allocation.server.stock_follower import StockFollower
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import stock_service_pb2 as pb
from routing.counters import is_counter_item
from routing.ids import ItemId, LocationId

MOST_WATCHERS: Final = 256
"""Watchers of one server at once."""

BATCH: Final = 1_000
"""Changes that are read at once, and kept for a watcher that is slow to take them."""


class StockWatch:
    """Sends changes to watchers.

    A watcher has a place in the ledger's change sequence and nothing else: while it does not
    read, nothing piles up for it, and what changed several times meanwhile comes once.

    Parameters
    ----------
    ledger
        Keeps the change sequence.
    stock
        Knows when there is something new.
    network
        Says how items are counted.
    pool
        Where the store is read.
    now
        Wall clock: aware UTC datetimes.
    poll_s
        Seconds between two looks for something new.
    """

    def __init__(
        self,
        ledger: Ledger,
        stock: StockFollower,
        network: NetworkStore,
        pool: WorkerPool,
        now: Callable[[], datetime],
        poll_s: float,
    ) -> None:
        self._ledger = ledger
        self._stock = stock
        self._network = network
        self._pool = pool
        self._now = now
        self._poll_s = poll_s
        self._low_stock = LowStock(ledger, network, now)
        self._watchers = 0
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End every watch, so that the server can stop without waiting for its watchers."""
        self._stopping.set()

    async def watch(
        self,
        after: int,
        items: set[ItemId],
        places: set[LocationId],
        *,
        with_low_stock: bool = False,
    ) -> AsyncIterator[pb.WatchStockResponse]:
        """Yield changes after a version, for as long as somebody reads.

        Parameters
        ----------
        after
            0: only what happens from now on.
        items, places
            Empty: all.
        with_low_stock
            Whether to say with which changes a level crosses its reorder point.

        Raises
        ------
        OverloadedError
            There are too many watchers.
        LedgerUnavailableError
            The ledger cannot be read, or the server is stopping.
        """
        if self._watchers >= MOST_WATCHERS:
            raise OverloadedError(
                f"{self._watchers} watchers are connected, the most this server serves",
                {"watchers": str(self._watchers)},
            )
        self._watchers += 1
        crossings = Crossings(self._low_stock) if with_low_stock else None
        try:
            version = after or await self._current_version()
            while not self._stopping.is_set():
                batch = await self._pool.run(partial(self._changes, version))
                wanted = [
                    (change, resume_at)
                    for change, resume_at in _with_resume_points(batch.changes)
                    if _is_wanted(change, items, places)
                ]
                facts: Facts = {}
                if crossings is not None and wanted:
                    keys = [change.level.key for change, _ in wanted]
                    facts = await self._pool.run(partial(crossings.facts, keys))
                for change, resume_at in wanted:
                    response = self._response(change, resume_at)
                    if crossings is not None:
                        event = crossings.crossed(change.level.key, facts)
                        if event is not None:
                            response.low_stock.CopyFrom(event)
                    yield response
                version = batch.version
                if not batch.more:
                    await self._something_new(version)
        finally:
            self._watchers -= 1
        raise LedgerUnavailableError(
            f"the server is stopping; watch again after version {version}",
            {"stock_version": str(version)},
        )

    def _changes(self, version: int) -> ChangeBatch:
        return self._ledger.changes_since(version, now=self._now(), limit=BATCH)

    async def _current_version(self) -> int:
        await asyncio.wrap_future(self._stock.catch_up())
        return self._stock.version

    async def _something_new(self, version: int) -> None:
        while self._stock.version <= version and not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), self._poll_s)
            except TimeoutError:
                continue

    def _response(self, change: Change, resume_at: int) -> pb.WatchStockResponse:
        return pb.WatchStockResponse(
            level=encode_level(change.level, self._network.state.network.items),
            reason=REASONS.encode(change.reason),
            stock_version=resume_at,
        )


def _with_resume_points(changes: Sequence[Change]) -> Iterator[tuple[Change, int]]:
    """Yield changes with the version after which a watcher that has read so far goes on.

    One write changes several levels under one version: until the last of them is read, the
    watcher has to go on before it.
    """
    for index, change in enumerate(changes):
        is_last = index + 1 == len(changes) or changes[index + 1].version > change.version
        yield change, change.version if is_last else change.version - 1


def _is_wanted(change: Change, items: set[ItemId], places: set[LocationId]) -> bool:
    key = change.level.key
    if is_counter_item(key.item_id):
        return False
    return (not items or key.item_id in items) and (not places or key.location_id in places)
