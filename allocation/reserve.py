"""Reservations: the rows that the backend writes for a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from allocation.chosen import chosen_lines
from allocation.optimize.solution import Allocation
from allocation.plan import Reservation
from routing.ids import LineId, LocationId, LotId
from routing.item import BackorderPolicy, InventoryItem
from routing.network import Network
from routing.order import Order
from routing.quantity import Quantity, quantity_of
from routing.quick import quick
from routing.sourcing.build import Sourcing
from routing.sourcing.portions import NOBODY_KNOWS_S, Portion, unix_s
from routing.sourcing.resolve import ItemUse, ResolvedLine

Taken = dict[Portion | None, int]
"""Increments by portion; ``None`` where portions are not told apart."""


def make_reservations(
    order: Order, network: Network, sourcing: Sourcing, allocation: Allocation
) -> tuple[Reservation, ...]:
    """Return the rows of an allocation by line (in the order's sequence), part and item.

    A line that ignores stock reserves none.
    """
    picks = _picks(sourcing, allocation)
    parts = _parts(sourcing, network, allocation)
    chosen = chosen_lines(sourcing, allocation)
    rows: list[Reservation] = []
    for asked in order.lines:
        line = sourcing.lines[chosen[asked.id]] if asked.id in chosen else None
        if line is None or line.backorder_policy is BackorderPolicy.IGNORE_STOCK:
            continue
        for part, row in enumerate(parts.get(asked.id, [])):
            for use in line.uses if len(line.uses) == 1 else _by_item(line.uses):
                item = use.item
                taken = picks.get((row.lane, asked.id, item.id)) if picks else None
                if taken is None:
                    units = quantity_of(row.increments * use.increments, item.quantity_scale)
                    rows.append(Reservation(asked.id, part, item.id, row.location_id, units))
                else:
                    rows += _rows(line, part, row.location_id, item, taken)
    return tuple(rows)


def _by_item(uses: Iterable[ItemUse]) -> list[ItemUse]:
    return sorted(uses, key=lambda use: use.item.id)


@quick
@dataclass(frozen=True, slots=True)
class _Part:
    lane: int
    location_id: LocationId
    increments: int


def _parts(
    sourcing: Sourcing, network: Network, allocation: Allocation
) -> dict[LineId, list[_Part]]:
    parts: dict[LineId, list[_Part]] = {}
    for shipment in allocation.shipments:
        for line, increments in shipment.quantities:
            location_id = sourcing.origin_id(shipment.lane, line, network)
            part = _Part(shipment.lane, location_id, increments)
            parts.setdefault(sourcing.lines[line].id, []).append(part)
    return parts


def _picks(sourcing: Sourcing, allocation: Allocation) -> dict[tuple[int, LineId, str], Taken]:
    """Return what is taken of each portion by (lane, line, item), in the order of picking."""
    found: dict[tuple[int, LineId, str], Taken] = {}
    if not allocation.picks:
        return found
    for pick in sorted(allocation.picks, key=lambda pick: (pick.lane, pick.line, pick.portion)):
        if pick.portion < len(sourcing.portions):
            portion = sourcing.portions[pick.portion]
            key = (pick.lane, sourcing.lines[pick.line].id, sourcing.items[portion.item].id)
            found.setdefault(key, {})[portion] = pick.units
    return found


@quick
@dataclass(frozen=True, slots=True)
class _Kind:
    """What rows must have in common to be one row."""

    lot_id: LotId | None = None
    start_s: int | None = None
    is_named: bool = False

    @property
    def expected_time(self) -> datetime | None:
        if self.start_s is None or self.start_s == NOBODY_KNOWS_S:
            return None
        return datetime.fromtimestamp(self.start_s, tz=UTC)


def _rows(
    line: ResolvedLine, part: int, location_id: LocationId, item: InventoryItem, taken: Taken
) -> Iterator[Reservation]:
    units: dict[_Kind, int] = {}
    serials: dict[_Kind, list[str]] = {}
    for portion, increments in taken.items():
        kind = _Kind()
        if portion is not None:
            start_s = _expected_s(line, portion) if portion.waits else None
            kind = _Kind(portion.lot_id, start_s, portion.serial is not None)
            serials.setdefault(kind, []).extend([portion.serial] if portion.serial else [])
        units[kind] = units.get(kind, 0) + increments
    for kind, increments in units.items():
        yield Reservation(
            line_id=line.id,
            part=part,
            item_id=item.id,
            location_id=location_id,
            quantity=Quantity(increments, item.quantity_scale),
            backordered=kind.start_s is not None,
            lot_id=kind.lot_id,
            serials=tuple(serials.get(kind, ())),
            expected_time=kind.expected_time,
        )


def _expected_s(line: ResolvedLine, portion: Portion) -> int:
    """Return from when waiting units can be picked: not before the kit is released."""
    release = line.release_time
    return portion.start_s if release is None else max(portion.start_s, unix_s(release))
