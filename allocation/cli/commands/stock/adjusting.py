"""Recording what happened at a location."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer
from google.type.date_pb2 import Date

from allocation.cli.commands.running_server import DEFAULT_SERVER, RunningServer
from allocation.cli.connection import connect
from allocation.cli.consoles import answers
from allocation.cli.output.stock_tables import level_table
from allocation.cli.output.waiting_tables import settled_lines
from allocation.v1 import stock_pb2
from allocation.v1 import stock_service_pb2 as pb


class Reason(StrEnum):
    """What happened."""

    RECEIVE = "receive"
    COUNT = "count"
    DAMAGE = "damage"
    QUARANTINE = "quarantine"
    RESTORE = "restore"
    WRITE_OFF = "write-off"
    TRANSFER_OUT = "transfer"


def adjust(
    reason: Annotated[Reason, typer.Argument(help="What happened.")],
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Inventory item.")],
    location: Annotated[str, typer.Argument(metavar="LOCATION", help="Stock location.")],
    quantity: Annotated[
        str, typer.Argument(metavar="QUANTITY", help="How much; for count: what is on hand.")
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="LOCATION", help="Where a transfer goes.")
    ] = "",
    lot: Annotated[str, typer.Option("--lot", metavar="LOT", help="Which lot.")] = "",
    serial: Annotated[
        list[str] | None,
        typer.Option("--serial", metavar="SERIAL", help="Of a unit; repeatable."),
    ] = None,
    expected: Annotated[
        bool,
        typer.Option("--expected", help="What came in was on its way: less is incoming now."),
    ] = False,
    arrives: Annotated[
        datetime | None,
        typer.Option("--arrives", help="When a transfer arrives, in UTC. Default: at once."),
    ] = None,
    expires: Annotated[
        datetime | None,
        typer.Option("--expires", formats=["%Y-%m-%d"], help="Last day of the lot that came in."),
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="For the record.")] = "",
    request_id: Annotated[
        str, typer.Option(metavar="ID", help="Sent again under the same id, it counts once.")
    ] = "",
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Record a receipt, a count, damage, a transfer and the like."""
    adjustment = pb.StockAdjustment(
        reason=stock_pb2.StockChangeReason.Value(f"STOCK_CHANGE_REASON_{reason.name}"),
        inventory_item_id=item,
        location_id=location,
        lot_id=lot,
        to_location_id=to,
        comment=comment,
        serials=serial or [],
        expected=expected,
    )
    adjustment.quantity.value = quantity
    if arrives is not None:
        adjustment.arrival_time.FromDatetime(arrives)
    if expires is not None:
        adjustment.expiry_date.CopyFrom(
            Date(year=expires.year, month=expires.month, day=expires.day)
        )
    request = pb.AdjustStockRequest(
        request_id=request_id or str(uuid.uuid4()), adjustments=[adjustment]
    )
    with connect(server) as connection:
        answer = connection.stock.AdjustStock(request)
    answers().print(level_table(answer.levels))
    for line in settled_lines(answer):
        typer.echo(line)
