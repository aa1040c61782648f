"""Sending levels from a file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from allocation.cli.commands.running_server import DEFAULT_SERVER, RunningServer
from allocation.cli.connection import connect
from allocation.cli.consoles import note
from allocation.cli.exit_codes import ExitCode
from allocation.cli.network_files import read_stock
from allocation.cli.output.waiting_tables import settled_lines
from allocation.v1 import stock_pb2
from allocation.v1 import stock_service_pb2 as pb
from allocation.v1.inline_stock_pb2 import InlineStock

ROWS_A_MESSAGE: Final = 5_000


class Owner(StrEnum):
    """Whose figures a feed reports."""

    ENGINE = "engine"
    MIRROR = "mirror"


def import_levels(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="STOCK_FILE",
            exists=True,
            dir_okay=False,
            help="Levels, as in the stock.json that `shipfrom import` writes.",
        ),
    ],
    owner: Annotated[
        Owner,
        typer.Option(
            help="engine: the figures are what is on hand. mirror: another system has subtracted "
            "its own reservations."
        ),
    ] = Owner.ENGINE,
    full: Annotated[
        bool,
        typer.Option("--full", help="Levels of these locations that the file leaves out become 0."),
    ] = False,
    request_id: Annotated[
        str,
        typer.Option(metavar="ID", help="Sent again under the same id, it is taken once."),
    ] = "",
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Send stock levels to a running server; exit code 1 when it refused some of them."""
    header = pb.FeedHeader(
        request_id=request_id or str(uuid.uuid4()),
        kind=pb.FEED_KIND_FULL if full else pb.FEED_KIND_DELTA,
        owner=stock_pb2.StockOwner.Value(f"STOCK_OWNER_{owner.name}"),
    )
    stock = read_stock(file)
    with connect(server) as connection:
        answer = connection.stock.SetLevels(_messages(header, stock))
    for error in answer.errors:
        note(f"row {error.row}: {error.path}: {error.message}")
    for line in settled_lines(answer):
        typer.echo(line)
    typer.echo(f"{answer.accepted_rows} level(s) taken, {answer.refused_rows} refused")
    if answer.refused_rows:
        raise typer.Exit(ExitCode.INCOMPLETE)


def _messages(header: pb.FeedHeader, stock: InlineStock) -> Iterator[pb.SetLevelsRequest]:
    yield pb.SetLevelsRequest(header=header)
    rows: list[pb.LevelRow] = []
    for item in stock.items:
        for level in item.levels:
            # Lots have rows of their own, and make up the level.
            parts = [(lot.lot_id, lot.available) for lot in level.lots]
            for lot_id, available in parts or [("", level.available)]:
                row = pb.LevelRow(
                    inventory_item_id=item.inventory_item_id,
                    location_id=level.location_id,
                    lot_id=lot_id,
                    quantity=available,
                )
                if not lot_id:
                    row.incoming.extend(level.incoming)
                rows.append(row)
            if len(rows) >= ROWS_A_MESSAGE:
                yield pb.SetLevelsRequest(rows=rows[:ROWS_A_MESSAGE])
                rows = rows[ROWS_A_MESSAGE:]
    yield pb.SetLevelsRequest(rows=rows)
