"""Levels, entries and audit differences as tables."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from allocation.v1 import stock_pb2
from allocation.v1 import stock_service_pb2 as pb

_BUCKETS = ("on_hand", "unavailable", "held", "committed", "safety_stock")


def level_table(levels: Iterable[stock_pb2.Level]) -> Table:
    """Return levels, one per row."""
    table = _table(
        ("Item", "Location", "Lot"), ("Available", *map(_heading, _BUCKETS), "Incoming", "Waiting")
    )
    for level in levels:
        incoming = ", ".join(
            f"{supply.quantity.value} on {supply.expected_time.ToDatetime():%Y-%m-%d}"
            for supply in level.incoming
        )
        figures = [getattr(level, name).value for name in _BUCKETS]
        table.add_row(
            *_names(level), level.available.value, *figures, incoming, level.waiting.value
        )
    return table


def serial_table(units: Iterable[pb.SerialUnit]) -> Table:
    """Return units, one per row: where each is, and which plan has it."""
    table = _table(("Serial", "State", "Location", "Lot", "Plan"), ())
    for unit in units:
        state = pb.SerialState.Name(unit.state).removeprefix("SERIAL_STATE_").lower()
        names = (unit.serial, state.replace("_", " "), unit.location_id, unit.lot_id, unit.plan_id)
        table.add_row(*map(Text, names))
    return table


def kit_table(kits: Iterable[pb.KitAvailability]) -> Table:
    """Return how many of each kit can be built, one location per row."""
    table = _table(("Kit", "Location", "Scarcest"), ("Can be built",))
    for kit in kits:
        names = (kit.inventory_item_id, kit.location_id, kit.scarcest_inventory_item_id)
        table.add_row(*map(Text, names), kit.available.value)
    return table


def entry_table(entries: Iterable[pb.StockEntry]) -> Table:
    """Return entries, one per row, with the changes that are not zero."""
    table = _table(("Time", "Location", "Lot", "Reason", "Change", "Plan", "Line", "Comment"), ())
    for entry in entries:
        changes = [
            f"{_heading(name).lower()} {_signed(getattr(entry, name).value)}"
            for name in _BUCKETS
            if getattr(entry, name).value != "0"
        ]
        table.add_row(
            f"{entry.time.ToDatetime():%Y-%m-%d %H:%M:%S}",
            *map(Text, (entry.location_id, entry.lot_id)),
            reason_word(entry.reason),
            ", ".join(changes) or "none",
            *map(Text, (entry.plan_id, entry.line_id, entry.comment)),
        )
    return table


def difference_table(differences: Iterable[pb.AuditDifference]) -> Table:
    """Return differences: what is stored, what the entries say, and the entry that mends it."""
    right = ("Stored", "Recomputed", "Entry", "Mended")
    table = _table(("Item", "Location", "Lot", "Figure"), right)
    for each in differences:
        for name in _BUCKETS:
            stored, recomputed = getattr(each.stored, name), getattr(each.recomputed, name)
            proposed = getattr(each.proposed, name).value or "0"
            if stored.value != recomputed.value or proposed != "0":
                table.add_row(
                    *_names(each.stored),
                    _heading(name),
                    stored.value,
                    recomputed.value,
                    "none" if proposed == "0" else _signed(proposed),
                    "yes" if each.compensated else "no",
                )
    return table


def reason_word(reason: stock_pb2.StockChangeReason.ValueType) -> str:
    """Return a reason as people say it."""
    name = stock_pb2.StockChangeReason.Name(reason)
    return name.removeprefix("STOCK_CHANGE_REASON_").replace("_", " ").lower()


def _table(left: Iterable[str], right: Iterable[str]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for heading in left:
        table.add_column(heading)
    for heading in right:
        table.add_column(heading, justify="right")
    return table


def _names(level: stock_pb2.Level) -> tuple[Text, Text, Text]:
    return Text(level.inventory_item_id), Text(level.location_id), Text(level.lot_id)


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _signed(value: str) -> str:
    return value if value.startswith("-") else f"+{value}"
