"""Listing what runs low."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from allocation.cli.commands.running_server import DEFAULT_SERVER, AsJson, RunningServer
from allocation.cli.commands.stock.reading import Locations
from allocation.cli.connection import Connection, connect
from allocation.cli.consoles import answers
from allocation.cli.output.answer import messages_json, write_json
from allocation.cli.output.low_stock_table import low_stock_csv, low_stock_table
from allocation.v1 import low_stock_pb2
from allocation.v1 import stock_service_pb2 as pb


def low(
    items: Annotated[
        list[str] | None, typer.Argument(metavar="[ITEM...]", help="Default: all items.")
    ] = None,
    location: Locations = None,
    all_: Annotated[
        bool, typer.Option("--all", help="With levels of which there is enough.")
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write rows for a spreadsheet.")] = False,
    as_json: AsJson = False,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """List what to order: reorder points, days of cover, stockout risk, transfers.

    Demand is what was fulfilled in the last 56 days; see docs/how-to/find-low-stock.md.
    """
    if as_csv and as_json:
        raise typer.BadParameter("give one of --csv and --json")
    request = pb.ListLowStockRequest(
        inventory_item_ids=items or [], location_ids=location or [], with_enough=all_
    )
    with connect(server) as connection:
        facts = list(_every_page(connection, request))
    if as_json:
        write_json({"facts": messages_json(facts)})
    elif as_csv:
        typer.echo(low_stock_csv(facts), nl=False)
    elif facts:
        answers().print(low_stock_table(facts))
    else:
        typer.echo("nothing runs low")


def _every_page(
    connection: Connection, request: pb.ListLowStockRequest
) -> Iterator[low_stock_pb2.LowStockFact]:
    request.page_size = 1_000
    while True:
        answer = connection.stock.ListLowStock(request)
        yield from answer.facts
        if not answer.next_page_token:
            return
        request.page_token = answer.next_page_token
