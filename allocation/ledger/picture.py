"""A picture of what is available that stays as it is while an order is planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.columns import NO_COLUMN, ItemColumn
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.location_numbers import LocationNumbers
from routing.counters import waiting_item
from routing.ids import ItemId, LocationId
from routing.quick import quick
from routing.sourcing.stock import IncomingStock, LotStock, StockDetail, StockDetails
from routing.sourcing.stock_row import StockRow


@quick
@dataclass(frozen=True, slots=True)
class StockPicture:
    """Implements `routing.sourcing.stock.StockView` for the items it was taken of.

    Attributes
    ----------
    version
        Every change up to it is in the picture, and perhaps a few later ones.
    columns
        Items without a column are stocked nowhere.
    numbers
        Number of each location in the columns; may grow, as it is shared with the view.
    detailed
        By item, the levels of which one figure does not say all.
    counters
        Pseudo-items that count what is taken of days, among `detailed`.

    Where units wait for supply, `detailed` has what counts them, too.
    """

    version: int
    columns: Mapping[ItemId, ItemColumn]
    numbers: LocationNumbers
    detailed: Mapping[ItemId, Mapping[LevelKey, Level]] = field(default_factory=dict)
    counters: frozenset[ItemId] = frozenset()

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """Return lots and incoming supply; see `StockView.details`.

        What waits at a location is owed by the next units that come there.
        """
        found: dict[ItemId, dict[LocationId, StockDetail]] = {}
        for item_id in item_ids:
            for key, level in sorted(
                self.detailed.get(item_id, {}).items(), key=lambda pair: pair[0].order
            ):
                row = found.setdefault(item_id, {})
                row[key.location_id] = _added(row.get(key.location_id, StockDetail()), level)
            for key, level in self.detailed.get(waiting_item(item_id), {}).items():
                row = found.setdefault(item_id, {})
                detail = row.get(key.location_id, StockDetail())
                owed = detail.oversold + max(0, -level.available)
                row[key.location_id] = replace(detail, oversold=owed)
        return found

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return available and stocked; see `StockView.matrix`."""
        found = self.rows(item_ids, location_ids)
        shape = len(found), len(location_ids)
        if not found:
            return np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
        # Copies, since the caller may write to them.
        available = np.concatenate([row.available for row in found]).reshape(shape)
        return available, np.concatenate([row.stocked for row in found]).reshape(shape)

    def rows(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> list[StockRow]:
        """Return the same row by row, kept while the stock does not change; see `kept_rows`."""
        rows = self.numbers.rows(location_ids)
        return [rows.row(item_id, self.columns.get(item_id, NO_COLUMN)) for item_id in item_ids]


def _added(detail: StockDetail, level: Level) -> StockDetail:
    """Return the detail of a location with one more of its levels."""
    incoming = tuple(
        IncomingStock(supply.quantity, supply.expected_time, supply.confidence_percent)
        for supply in level.incoming
    )
    lot_id, available = level.key.lot_id, level.available
    lot: tuple[LotStock, ...] = ()
    if lot_id is not None and available > 0:
        lot = (LotStock(lot_id, available, level.expiry_date, level.received_date),)
    return replace(
        detail,
        # A lot below zero takes from no other; units without a lot are owed by what comes.
        oversold=detail.oversold + (max(0, -available) if lot_id is None else 0),
        lots=detail.lots + lot,
        incoming=detail.incoming + incoming,
    )
