"""The planning view: what is available, in memory, kept current from the ledger's changes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.api import Ledger
from allocation.ledger.columns import NO_COLUMN, ItemColumn, updated
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.location_numbers import LocationNumbers
from allocation.ledger.picture import StockPicture
from allocation.ledger.replies import AvailableBatch
from routing.counters import is_counter_item, is_pool_item, is_waiting_item, waiting_item
from routing.daily_capacity import counted_day, is_capacity_item
from routing.ids import ItemId, LocationId, LotId
from routing.sourcing.stock import StockDetails

_PAGE_ITEMS: Final = 100
"""Items that are read at a time when the view is made: what is read takes room, too."""

_SWEEPS_AT_FIRST: Final = 20
"""Of a thousand holds each, when the view is made: some seconds."""

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""No hold had run out by then."""

_NO_ITEM: Final = ItemId("")
"""No item has this id."""

_DAYS_KEPT: Final = 2
"""Time zones apart, no location is this far behind UTC."""


class LedgerView:
    """Availability per item over locations, lots added up; safe to use from many threads.

    Planning needs no more than a recent picture: the hold decides on the ledger itself.
    Memory is proportional to the levels with something available (12 bytes each) and to a
    lesser degree to empty ones (4 bytes). Implements `routing.sourcing.stock.StockView`;
    a planning run that asks more than once should take a `picture`.

    Parameters
    ----------
    ledger
        What to follow.
    now
        Aware UTC; instant of the first picture.
    """

    def __init__(self, ledger: Ledger, now: datetime) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._refreshing = threading.Lock()
        self._numbers = LocationNumbers()
        self._columns: dict[ItemId, ItemColumn] = {}
        self._lots: dict[tuple[ItemId, LocationId], dict[LotId | None, int]] = {}
        self._details: dict[ItemId, Mapping[LevelKey, Level]] = {}
        self._counters: frozenset[ItemId] = frozenset()
        self._anybody_waits = False
        self._expired_count = 0
        self._newest_observed_time: datetime | None = None
        # Levels are looked through page by page, and so is, for each, what is still to be swept.
        is_swept = self._sweep_first(now)
        self._version = self._read_whole(now if is_swept else _LONG_AGO)
        # What has changed while it was read is read again.
        self.refresh(now, sweep=False)

    def go_on(self, ledger: Ledger, now: datetime) -> None:
        """Follow the same ledger through another connection, from where the view stands.

        Raises
        ------
        LedgerUnavailableError
            It cannot be read.
        """
        self._ledger = ledger
        # What was written before is told of by whoever did it.
        self._expired_count = 0
        self.refresh(now)

    @property
    def version(self) -> int:
        """Every change up to this version is in the view."""
        return self._version

    @property
    def expired_count(self) -> int:
        """How many holds this view has written down as expired."""
        return self._expired_count

    def refresh(self, now: datetime, *, sweep: bool = True) -> int:
        """Catch up with the ledger; return how many levels changed.

        Parameters
        ----------
        now
            Aware UTC instant.
        sweep
            Whether to write down first that holds have run out by `now`: until somebody
            does, an expiry is no change and the view does not see it.
        """
        count = 0
        with self._refreshing:
            more = sweep
            while more:
                swept = self._ledger.sweep(now=now)
                self._expired_count += len(swept.expired)
                more = swept.more
            more = True
            while more:
                batch = self._ledger.available_since(self._version, now=now)
                self._apply(batch)
                count += len(batch.rows)
                more = batch.more
            self._forget_days(now)
        return count

    @property
    def has_any_lots(self) -> bool:
        """Whether units of any item anywhere are told apart by lot."""
        return bool(self._lots)

    def has_lots(self, item_id: ItemId, location_id: LocationId) -> bool:
        """Say whether units of an item at a location are told apart by lot."""
        return (item_id, location_id) in self._lots

    def picture(self, item_ids: Iterable[ItemId]) -> StockPicture:
        """Return what is available of these items, unchanging from now on.

        What is taken of the days of locations is always in it.
        """
        with self._lock:
            columns = {item_id: self._columns.get(item_id, NO_COLUMN) for item_id in item_ids}
            counters = self._counters
            details = {one: self._details.get(one, {}) for one in (*columns, *counters)}
            if self._anybody_waits:
                waiting = map(waiting_item, columns)
                details.update((one, self._details.get(one, {})) for one in waiting)
            return StockPicture(self._version, columns, self._numbers, details, counters)

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return available and stocked; see `StockView.matrix`."""
        return self.picture(item_ids).matrix(item_ids, location_ids)

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """Return lots and incoming supply; see `StockView.details`."""
        return self.picture(item_ids).details(item_ids)

    @property
    def newest_observed_time(self) -> datetime | None:
        """Aware UTC: latest observation of any figure that came since the view was made."""
        return self._newest_observed_time

    def _sweep_first(self, now: datetime) -> bool:
        """Write down that holds have run out; say whether none are left, of however many.

        After a long stop there may be very many: the rest is shown as held until the next
        refresh has written it down.
        """
        return any(not self._ledger.sweep(now=now).more for _ in range(_SWEEPS_AT_FIRST))

    def _read_whole(self, now: datetime) -> int:
        """Take everything, some items at a time; return a version that is in the view."""
        # Before the first page is looked for, so that no item can come in between unseen.
        version = self._ledger.snapshot(now=now, item_ids=[_NO_ITEM]).version
        after: ItemId | None = None
        while item_ids := self._ledger.item_ids(after=after, limit=_PAGE_ITEMS):
            page = self._ledger.snapshot(now=now, item_ids=item_ids)
            self._take(page.rows)
            self._keep_details(page.details)
            after = item_ids[-1]
        return version

    def _apply(self, batch: AvailableBatch) -> None:
        newest = batch.newest_observed_time
        if newest is not None:
            known = self._newest_observed_time
            self._newest_observed_time = newest if known is None else max(newest, known)
        with self._lock:
            self._take(batch.rows)
            if self._details:
                self._drop_details(row.key for row in batch.rows)
            self._keep_details(batch.details)
            self._version = batch.version

    def _keep_details(self, levels: Iterable[Level]) -> None:
        """Remember levels of which one figure does not say all; pictures keep theirs."""
        by_item: dict[ItemId, dict[LevelKey, Level]] = {}
        for level in levels:
            if not is_pool_item(level.key.item_id):
                by_item.setdefault(level.key.item_id, {})[level.key] = level
        for item_id, changed in by_item.items():
            self._details[item_id] = {**self._details.get(item_id, {}), **changed}
            if is_capacity_item(item_id):
                self._counters |= {item_id}
            elif is_waiting_item(item_id):
                self._anybody_waits = True

    def _drop_details(self, keys: Iterable[LevelKey]) -> None:
        """Forget what was remembered of levels; pictures keep theirs."""
        by_item: dict[ItemId, set[LevelKey]] = {}
        for key in keys:
            if key in self._details.get(key.item_id, ()):
                by_item.setdefault(key.item_id, set()).add(key)
        for item_id, dropped in by_item.items():
            known = self._details[item_id]
            self._details[item_id] = {k: level for k, level in known.items() if k not in dropped}

    def _forget_days(self, now: datetime) -> None:
        """Let go of the counters of days that are over everywhere."""
        oldest = (now - timedelta(days=_DAYS_KEPT)).date()
        over = {each for each in self._counters if counted_day(each) < oldest}
        if over:
            with self._lock:
                self._counters -= over
                for item_id in over:
                    self._details.pop(item_id, None)

    def _take(self, rows: Iterable[tuple[LevelKey, int]]) -> None:
        """Set levels to new figures."""
        by_item: dict[ItemId, dict[int, int]] = {}
        for key, available in rows:
            item_id, location_id, lot_id = key
            changes = by_item.get(item_id)
            if changes is None:
                if is_counter_item(item_id):
                    continue
                changes = by_item[item_id] = {}
            number = self._numbers.number(location_id)
            if lot_id is None and (item_id, location_id) not in self._lots:
                changes[number] = available
            else:
                changes[number] = self._over_lots(key, available, changes.get(number))
        for item_id, changes in by_item.items():
            self._columns[item_id] = updated(self._columns.get(item_id, NO_COLUMN), changes)

    def _over_lots(self, key: LevelKey, available: int, pending: int | None) -> int:
        """Return what the location has over all lots; a lot below zero takes from no other."""
        place = (key.item_id, key.location_id)
        lots = self._lots.get(place)
        if lots is None:
            before = self._shown(key) if pending is None else max(0, pending)
            lots = self._lots[place] = {None: before}
        lots[key.lot_id] = max(0, available)
        return sum(lots.values())

    def _shown(self, key: LevelKey) -> int:
        """Return what the columns show for a location."""
        column = self._columns.get(key.item_id, NO_COLUMN)
        at = np.flatnonzero(column.locations == self._numbers[key.location_id])
        return int(column.available[at[0]]) if len(at) else 0
