"""Units that feeds name by their serials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from allocation.ledger.core.feed_check import CheckedRow
from allocation.ledger.core.placing import Claims, gone_from, read_claims, save_changed
from allocation.ledger.core.transaction import Since, Transaction
from allocation.ledger.feed import RowError
from allocation.ledger.level import LevelKey
from allocation.ledger.serials import SerialClaim, SerialKey


@dataclass
class FedUnits:
    """The units of a feed's rows, and what is known of them."""

    tx: Transaction
    now: datetime
    rows: dict[LevelKey, CheckedRow]
    known: Claims

    def without_promised(self, errors: list[RowError]) -> dict[LevelKey, CheckedRow]:
        """Return the rows but for those with units that a plan has at another location."""
        for level, row in list(self.rows.items()):
            claims = [self.known[key] for key in _units(row)]
            wrong = [claim for claim in claims if self._is_promised_elsewhere(claim, level)]
            if wrong and row.row is not None:
                told = f"{wrong[0].key} {wrong[0].whereabouts}"
                message = f"{told}, at another location; give it back first"
                errors.append(RowError(row.row, "serials", message))
                del self.rows[level]
        return self.rows

    def place(self, since: Mapping[LevelKey, Since]) -> None:
        """Write down where units are by the rows that are taken.

        A unit that has left comes back with a receipt only: feeds lag behind. So does a row of a
        level from which units were moved since; it tells of units that nobody knew, and no more.
        """
        claims = dict(self.known)
        for level, row in self.rows.items():
            if not row.figure.serials:
                continue
            is_late = _has_moved(since.get(level))
            if not is_late:
                claims.update(gone_from(claims, level, set(row.figure.serials), self.now))
            for key in _units(row):
                claim = claims[key]
                if not claim.shipped and (claim.place is None or not is_late):
                    claims[key] = replace(claim, place=level)
        save_changed(self.tx, self.known, claims)

    def _is_promised_elsewhere(self, claim: SerialClaim, level: LevelKey) -> bool:
        return (
            claim.place is not None
            and claim.place.location_id != level.location_id
            and claim.is_promised(self.now)
        )


def fed_units(tx: Transaction, now: datetime, rows: dict[LevelKey, CheckedRow]) -> FedUnits | None:
    """Return the units that rows name; ``None`` if they name none."""
    naming = [level for level, row in rows.items() if row.figure.serials]
    if not naming:
        return None
    named = [key for level in naming for key in _units(rows[level])]
    return FedUnits(tx, now, rows, read_claims(tx, named, naming))


def _units(row: CheckedRow) -> Iterator[SerialKey]:
    for serial in row.figure.serials:
        yield SerialKey(row.figure.key.item_id, serial)


def _has_moved(since: Since | None) -> bool:
    return since is not None and bool(since.on_hand or since.unavailable or since.fulfilled_since)
