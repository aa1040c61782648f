"""Reads of a ledger that both SQL stores ask for in the same words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from typing import Any, Final

from allocation.ledger.facade import LedgerFacade
from allocation.ledger.level import LevelKey
from allocation.ledger.portable.sql import SqlDatabase
from allocation.ledger.replies import EntryRow
from allocation.ledger.rows import (
    ENTRY,
    MOST_ENTRY_ID,
    SERIAL,
    entry_from,
    key_from,
    key_values,
    serial_from,
)
from allocation.ledger.serials import SerialClaim, SerialKey
from routing.ids import ItemId, LocationId, LotId

LEVEL_KEYS_PAGE: Final = """
SELECT item_id, location_id, lot_id FROM level
WHERE location_id = ? AND (item_id, lot_id) > (?, ?)
ORDER BY item_id, lot_id LIMIT ?
"""
ITEM_IDS_PAGE: Final = """
SELECT DISTINCT item_id FROM level WHERE item_id > ? ORDER BY item_id LIMIT ?
"""
# Put together from constants only.
ENTRIES: Final = f"SELECT entry_id, version, {ENTRY} FROM entry WHERE entry_id > ?"  # noqa: S608
HISTORY: Final = f"SELECT entry_id, version, {ENTRY} FROM entry WHERE item_id = ?"  # noqa: S608
OLDEST_FIRST: Final = " ORDER BY entry_id LIMIT ?"
NEWEST_FIRST: Final = " AND entry_id < ? ORDER BY entry_id DESC LIMIT ?"
AT_KEY: Final = " AND item_id = ? AND location_id = ? AND lot_id = ?"
AT_LOCATION: Final = " AND location_id = ?"
OF_LOT: Final = " AND lot_id = ?"


_SERIALS_PAGE: Final = 500


def _serials_in(count: int) -> str:
    """Return the statement that finds so many serials of one item."""
    places = ", ".join("?" * count)
    # Put together from constants only.
    return f"SELECT {SERIAL} FROM serial WHERE item_id = ? AND serial IN ({places})"  # noqa: S608


class SqlReads(LedgerFacade):
    """Implements some of `api_reads.LedgerReads`; a store adds its database, and the others."""

    @abstractmethod
    def _portable(self) -> SqlDatabase:
        """Return the database."""

    def level_keys(
        self, location_id: LocationId, *, after: LevelKey | None = None, limit: int = 10_000
    ) -> tuple[LevelKey, ...]:
        """See `api_reads.LedgerReads.level_keys`."""
        place = ("", "") if after is None else (after.item_id, after.lot_id or "")
        rows = self._rows(LEVEL_KEYS_PAGE, location_id, *place, limit)
        return tuple(key_from(*row) for row in rows)

    def item_ids(self, *, after: ItemId | None = None, limit: int = 10_000) -> tuple[ItemId, ...]:
        """See `api_reads.LedgerReads.item_ids`."""
        return tuple(ItemId(row[0]) for row in self._rows(ITEM_IDS_PAGE, after or "", limit))

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """See `api_reads.LedgerReads.serials`."""
        by_item: dict[ItemId, list[str]] = {}
        for item_id, serial in sorted(set(keys)):
            by_item.setdefault(item_id, []).append(serial)
        pages = [
            (item_id, serials[start : start + _SERIALS_PAGE])
            for item_id, serials in by_item.items()
            for start in range(0, len(serials), _SERIALS_PAGE)
        ]
        claims = [
            serial_from(row)
            for item_id, page in pages
            for row in self._rows(_serials_in(len(page)), item_id, *page)
        ]
        return {claim.key: claim for claim in claims}

    def history(
        self,
        item_id: ItemId,
        *,
        location_id: LocationId | None = None,
        lot_id: LotId | None = None,
        before_entry_id: int | None = None,
        limit: int = 1_000,
    ) -> tuple[EntryRow, ...]:
        """See `api_reads.LedgerReads.history`."""
        statement = HISTORY
        values: list[str] = [item_id]
        for condition, value in ((AT_LOCATION, location_id), (OF_LOT, lot_id)):
            if value is not None:
                statement += condition
                values.append(value)
        before = MOST_ENTRY_ID if before_entry_id is None else before_entry_id
        return self._entries(statement + NEWEST_FIRST, *values, before, limit)

    def entries(
        self, *, key: LevelKey | None = None, after_entry_id: int = 0, limit: int = 1_000
    ) -> tuple[EntryRow, ...]:
        """See `api_reads.LedgerReads.entries`."""
        if key is None:
            return self._entries(ENTRIES + OLDEST_FIRST, after_entry_id, limit)
        values = (after_entry_id, *key_values(key), limit)
        return self._entries(ENTRIES + AT_KEY + OLDEST_FIRST, *values)

    def _entries(self, statement: str, *values: Any) -> tuple[EntryRow, ...]:
        return tuple(entry_from(row) for row in self._rows(statement, *values))

    def _rows(self, statement: str, *values: Any) -> list[Any]:
        return self._portable().read_sql(lambda sql: list(sql.run(statement, *values)))
