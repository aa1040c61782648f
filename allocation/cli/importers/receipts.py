"""Receipts from a CSV file: what came in, with lots and serials.

Each row is a quantity, or one unit with its serial.
"""

from __future__ import annotations

from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from google.type.date_pb2 import Date

from allocation.cli.importers.plain_cells import day, flag
from allocation.cli.importers.reading import Reading
from allocation.cli.importers.table_file import Row, read_table
from allocation.v1 import stock_pb2
from allocation.v1 import stock_service_pb2 as pb

REQUIRED: Final = ("item_id", "location_id")
OPTIONAL: Final = (
    "quantity",
    "serial",
    "lot_id",
    "expiry_date",
    "received_date",
    "expected",
    "comment",
)

_Kind = tuple[str, str, str, str, str, bool, str]


def read_receipts(file: Path, reading: Reading) -> list[pb.StockAdjustment]:
    """Return receipts; units with serials of one item, location and lot become one of them.

    What is wrong with the file goes to `reading`.
    """
    table = read_table(file, reading)
    known = (*REQUIRED, *OPTIONAL)
    for column, header in table.headers.items():
        if column not in known and not column.startswith("\0"):
            near = get_close_matches(column, known, n=1)
            hint = f"is it {near[0]!r}?" if near else f"known are {', '.join(known)}"
            reading.report(f"{file}:1:{header}", f"is not a column of receipts; {hint}")
    found: list[pb.StockAdjustment] = []
    of_serials: dict[_Kind, pb.StockAdjustment] = {}
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows() if table.has(*REQUIRED) else ():
        _take(row, found, of_serials, seen)
    return found


def _take(
    row: Row,
    found: list[pb.StockAdjustment],
    of_serials: dict[_Kind, pb.StockAdjustment],
    seen: dict[tuple[str, str], int],
) -> None:
    item, place, serial = row.needed("item_id"), row.needed("location_id"), row.text("serial")
    quantity = row.decimal("quantity") if row.text("quantity") else None
    dates = (day(row, "expiry_date"), day(row, "received_date"))
    if any(dates) and not row.text("lot_id"):
        row.report("lot_id", "is missing; the dates are those of a lot")
    told = (row.text("expiry_date"), row.text("received_date"))
    kind = (item, place, row.text("lot_id"), *told, flag(row, "expected"), row.text("comment"))
    if serial:
        if quantity not in (None, Decimal(1)):
            row.report("quantity", f"is {quantity}; a row with a serial is one unit")
        first = seen.setdefault((item, serial), row.line)
        if first != row.line:
            row.report("serial", f"{serial!r} is on line {first}, too; a unit comes in once")
    elif quantity is None or quantity <= 0:
        row.report("quantity", "must be above 0, or the row needs a serial")
    if row.bad:
        return
    if not serial:
        found.append(_receipt(kind, str(quantity), dates))
        return
    if kind not in of_serials:
        of_serials[kind] = _receipt(kind, "0", dates)
        found.append(of_serials[kind])
    receipt = of_serials[kind]
    receipt.serials.append(serial)
    receipt.quantity.value = str(len(receipt.serials))


def _receipt(
    kind: _Kind, quantity: str, dates: tuple[Date | None, Date | None]
) -> pb.StockAdjustment:
    item, place, lot, _, _, expected, comment = kind
    expiry, received = dates
    receipt = pb.StockAdjustment(
        reason=stock_pb2.STOCK_CHANGE_REASON_RECEIVE,
        inventory_item_id=item,
        location_id=place,
        lot_id=lot,
        comment=comment,
        expected=expected,
    )
    receipt.quantity.value = quantity
    if expiry is not None:
        receipt.expiry_date.CopyFrom(expiry)
    if received is not None:
        receipt.received_date.CopyFrom(received)
    return receipt
