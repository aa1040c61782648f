"""The levels that one write works on, and the entries it makes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from operator import attrgetter

from allocation.ledger.core.transaction import Transaction
from allocation.ledger.entry import ChangeReason, Entry
from allocation.ledger.level import Buckets, Level, LevelKey, StockOwner
from routing.ids import LineId

_NOTHING = Buckets()
_order_of = attrgetter("order")


class Book:
    """Levels opened for a write; every change leaves an entry.

    Parameters
    ----------
    tx
        The transaction that locks and stores them.
    now
        Aware UTC; the time of every entry.
    request_id
        Noted in every entry.
    """

    def __init__(self, tx: Transaction, now: datetime, request_id: str) -> None:
        self._tx = tx
        self._now = now
        self._request_id = request_id
        self._levels: dict[LevelKey, Level] = {}
        self._opened: list[LevelKey] = []
        self._new: set[LevelKey] = set()
        self._changed: dict[LevelKey, None] = {}
        self._entries: list[Entry] = []

    @property
    def now(self) -> datetime:
        """The time of every entry."""
        return self._now

    def open(self, keys: Iterable[LevelKey]) -> None:
        """Lock and load levels; to be called once, with all of them, so that the order holds."""
        self._opened = sorted(set(keys), key=_order_of)
        self._levels.update(self._tx.levels(self._opened))

    def create(self, keys: Iterable[LevelKey]) -> None:
        """Give a level of zero to every key that has none; to be called once."""
        missing = self._in_order(set(keys) - self._levels.keys())
        if missing:
            found = self._tx.claim(missing, self._now)
            self._levels.update(found)
            self._new.update(set(missing) - found.keys())
            for key in self._new:
                self._levels[key] = Level(key, StockOwner.ENGINE, _NOTHING, self._now)

    def is_new(self, key: LevelKey) -> bool:
        """Say whether a level has just been created."""
        return key in self._new

    def find(self, key: LevelKey) -> Level | None:
        """Return a level that was opened, as changed so far; ``None`` if there is none."""
        return self._levels.get(key)

    def level(self, key: LevelKey) -> Level:
        """Return a level that was opened and exists."""
        return self._levels[key]

    def change(
        self,
        key: LevelKey,
        reason: ChangeReason,
        change: Buckets,
        *,
        plan_id: str | None = None,
        line_id: LineId | None = None,
        comment: str = "",
    ) -> None:
        """Add `change` to a level and note it."""
        self._levels[key] = self._levels[key].changed(change, self._now)
        self._note(key, reason, change, plan_id, line_id, comment)

    def note(self, key: LevelKey, reason: ChangeReason, change: Buckets) -> None:
        """Note a change that a level has already, its time included; see `put`."""
        self._note(key, reason, change, None, None, "")

    def _note(
        self,
        key: LevelKey,
        reason: ChangeReason,
        change: Buckets,
        plan_id: str | None,
        line_id: LineId | None,
        comment: str,
    ) -> None:
        self._changed[key] = None
        self._entries.append(
            Entry(key, reason, self._now, change, plan_id, line_id, self._request_id, comment)
        )

    def put(self, level: Level) -> None:
        """Replace what an entry does not record: owner, incoming supply, times."""
        self._levels[level.key] = level
        self._changed[level.key] = None

    def post(self) -> None:
        """Hand everything to the store."""
        changed = self._in_order(self._changed)
        self._tx.post([self._levels[key] for key in changed], self._entries)

    def _in_order(self, keys: Collection[LevelKey]) -> list[LevelKey]:
        """Sort keys; those that were opened, mostly all of them, are in order already."""
        known = [key for key in self._opened if key in keys]
        return known if len(known) == len(keys) else sorted(keys, key=_order_of)
