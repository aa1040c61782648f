"""What was really shipped from where: a table beside the orders of a backtest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from allocation.cli.failure import InvalidInputFileError
from allocation.cli.importers.build import decimal_message
from allocation.cli.importers.reading import Reading
from allocation.cli.importers.table_file import read_table
from allocation.v1.alternative_pb2 import Baseline
from routing.v1.order_pb2 import Order

COLUMNS: Final = ("order_id", "line_id", "location_id")
OPTIONAL: Final = ("quantity",)
LABEL: Final = "actual"


def read_actual_choices(file: Path, orders: list[Order]) -> Mapping[str, Baseline]:
    """Return the choice made for each order that the table names.

    Parameters
    ----------
    file
        CSV with the columns `COLUMNS`, one row per part of a line; without `OPTIONAL` a row
        means the whole line.
    orders
        What the rows are about.

    Raises
    ------
    CommandError
        With every row that is about no order or line, or has no usable quantity.
    """
    reading = Reading()
    table = read_table(file, reading)
    choices: dict[str, Baseline] = {}
    if table.has(*COLUMNS):
        lines = {(order.id, line.id): line for order in orders for line in order.lines}
        ids = {order.id for order in orders}
        for row in table.rows():
            order_id, line_id = row.needed("order_id"), row.needed("line_id")
            line = lines.get((order_id, line_id))
            if order_id and order_id not in ids:
                row.report("order_id", f"is {order_id!r}; no order has that id")
            elif line_id and line is None:
                row.report("line_id", f"is {line_id!r}; order {order_id} has no such line")
            part = choices.setdefault(order_id, Baseline(label=LABEL)).parts.add(
                line_id=line_id, location_id=row.needed("location_id")
            )
            quantity = row.decimal("quantity")
            if quantity is not None:
                part.quantity.CopyFrom(decimal_message(quantity))
            elif line is not None:
                part.quantity.CopyFrom(line.quantity)
    if reading.problems:
        raise InvalidInputFileError(str(file), map(str, reading.problems))
    return choices
