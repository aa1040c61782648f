"""Low stock facts as a table, and as rows for a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from allocation.v1 import low_stock_pb2 as pb

_COLUMNS: Final = (
    ("item", "Item"),
    ("location", "Location"),
    ("state", "State"),
    ("abc_class", "Class"),
    ("available", "Available"),
    ("incoming", "Incoming"),
    ("reorder_point", "Reorder point"),
    ("sold_in_56_days", "Sold in 56 days"),
    ("lead_time_days", "Lead time (days)"),
    ("days_of_cover", "Days of cover"),
    ("stockout_risk_percent", "Stockout risk (%)"),
    ("transfers", "Could come from"),
)
_FIGURES: Final = frozenset(name for name, _ in _COLUMNS[4:11])


def low_stock_table(facts: Iterable[pb.LowStockFact]) -> Table:
    """Return facts, one per row."""
    table = Table(box=SIMPLE_HEAD)
    for name, heading in _COLUMNS:
        table.add_column(heading, justify="right" if name in _FIGURES else "left")
    for fact in facts:
        table.add_row(*map(Text, _cells(fact)))
    return table


def low_stock_csv(facts: Iterable[pb.LowStockFact]) -> str:
    """Return facts as CSV with a header."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(name for name, _ in _COLUMNS)
    rows.writerows(map(_cells, facts))
    return text.getvalue()


def _cells(fact: pb.LowStockFact) -> tuple[str, ...]:
    return (
        fact.inventory_item_id,
        fact.location_id,
        pb.LowStockState.Name(fact.state).removeprefix("LOW_STOCK_STATE_").lower(),
        pb.AbcClass.Name(fact.abc_class).removeprefix("ABC_CLASS_"),
        fact.available.value,
        fact.incoming.value,
        fact.reorder_point.value,
        fact.sold.value,
        str(fact.lead_time_days),
        str(fact.days_of_cover) if fact.HasField("days_of_cover") else "",
        str(fact.stockout_risk_percent),
        "; ".join(f"{each.quantity.value} from {each.from_location_id}" for each in fact.transfers),
    )
