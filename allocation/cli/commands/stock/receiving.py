"""Recording receipts from a file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from allocation.cli.commands.running_server import DEFAULT_SERVER, RunningServer
from allocation.cli.connection import connect
from allocation.cli.failure import CommandError
from allocation.cli.importers.reading import Reading
from allocation.cli.importers.receipts import read_receipts
from allocation.cli.output.waiting_tables import settled_lines
from allocation.v1 import stock_service_pb2 as pb

MOST_A_CALL: Final = 1_000
"""Adjustments that one call takes."""


def receive(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="CSV_FILE",
            exists=True,
            dir_okay=False,
            help="Columns item_id, location_id and quantity or serial; lot_id, expiry_date, "
            "received_date, expected, comment.",
        ),
    ],
    request_id: Annotated[
        str, typer.Option(metavar="ID", help="Sent again under the same id, it counts once.")
    ] = "",
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Record what came in: quantities, lots, and units by their serials.

    A row with a serial is one unit; the serial can then be in one plan only. Plans that wait
    for the items are given the units, and named.
    """
    reading = Reading()
    receipts = read_receipts(file, reading)
    if reading.problems:
        raise CommandError(
            f"{len(reading.problems)} problem(s); nothing was sent",
            details=map(str, reading.problems),
        )
    if not receipts:
        raise CommandError(f"{file}: there is nothing in it to receive")
    name = request_id or str(uuid.uuid4())
    with connect(server) as connection:
        for number, some in enumerate(_calls(receipts)):
            # Sent again under the same id, each call counts once.
            request_id = f"{name}~{number}" if number else name
            request = pb.AdjustStockRequest(request_id=request_id, adjustments=some)
            for line in settled_lines(connection.stock.AdjustStock(request)):
                typer.echo(line)
    serials = sum(len(one.serials) for one in receipts)
    typer.echo(f"{len(receipts)} receipt(s) taken, {serials} unit(s) with a serial")


def _calls(receipts: Sequence[pb.StockAdjustment]) -> Iterator[Sequence[pb.StockAdjustment]]:
    for start in range(0, len(receipts), MOST_A_CALL):
        yield receipts[start : start + MOST_A_CALL]
