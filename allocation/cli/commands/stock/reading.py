"""Looking at levels and at what has happened to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer
from rich.console import RenderableType

from allocation.cli.commands.running_server import DEFAULT_SERVER, AsJson, RunningServer
from allocation.cli.connection import connect
from allocation.cli.exit_codes import ExitCode
from allocation.cli.output.answer import show_message
from allocation.cli.output.stock_tables import (
    difference_table,
    entry_table,
    kit_table,
    level_table,
    serial_table,
)
from allocation.v1 import stock_service_pb2 as pb

Locations = Annotated[
    list[str] | None, typer.Option("--location", metavar="ID", help="Only these; repeatable.")
]


def show(
    items: Annotated[list[str], typer.Argument(metavar="ITEM...", help="Inventory items.")],
    location: Locations = None,
    at: Annotated[
        datetime | None,
        typer.Option("--at", help="What will be available then, with what is expected by then."),
    ] = None,
    as_json: AsJson = False,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Show the levels of items, bucket by bucket; of kits, how many can be built where."""
    request = pb.GetAvailabilityRequest(inventory_item_ids=items, location_ids=location or [])
    if at is not None:
        request.at_time.FromDatetime(at)
    with connect(server) as connection:
        answer = connection.stock.GetAvailability(request)
    show_message(answer, lambda: _tables(answer), as_json=as_json)


def serials(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Inventory item.")],
    serial: Annotated[list[str], typer.Argument(metavar="SERIAL...", help="Units of it.")],
    as_json: AsJson = False,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Show where units are, and which plan has each of them.

    Exit code 1 when some unit was never named to the ledger.
    """
    request = pb.FindSerialsRequest(inventory_item_id=item, serials=serial)
    with connect(server) as connection:
        answer = connection.stock.FindSerials(request)
    show_message(answer, lambda: [serial_table(answer.units)], as_json=as_json)
    unknown = sorted({*serial} - {unit.serial for unit in answer.units})
    if unknown:
        typer.echo(f"not known: {', '.join(unknown)}", err=True)
        raise typer.Exit(ExitCode.INCOMPLETE)


def history(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Inventory item.")],
    location: Annotated[
        str, typer.Option("--location", metavar="ID", help="Only this location.")
    ] = "",
    lot: Annotated[str, typer.Option("--lot", metavar="LOT", help="Only this lot.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many, the latest first.")] = 50,
    as_json: AsJson = False,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """List what has happened to the levels of an item, the latest first."""
    request = pb.ListStockEntriesRequest(
        inventory_item_id=item, location_id=location, lot_id=lot, page_size=limit
    )
    with connect(server) as connection:
        answer = connection.stock.ListStockEntries(request)
    show_message(answer, lambda: [entry_table(answer.entries)], as_json=as_json)


def audit(
    items: Annotated[
        list[str] | None, typer.Argument(metavar="[ITEM...]", help="Default: all items.")
    ] = None,
    apply: Annotated[
        bool,
        typer.Option("--apply", help="Write the entries that put the levels right."),
    ] = False,
    as_json: AsJson = False,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Recompute levels from their entries and plans; report what does not add up.

    Nothing is changed without --apply. Exit code 1 when a difference stays.
    """
    request = pb.AuditStockRequest(inventory_item_ids=items or [], apply=apply)
    with connect(server) as connection:
        answer = connection.stock.AuditStock(request)
    differences = [answer.differences] if answer.differences else []
    show_message(answer, lambda: map(difference_table, differences), as_json=as_json)
    if not as_json:
        typer.echo(
            f"{answer.levels_checked} level(s) checked, {answer.levels_differing} "
            f"{'put right' if apply else 'differ'}"
        )
    if answer.levels_differing and not apply:
        raise typer.Exit(ExitCode.INCOMPLETE)


def _tables(answer: pb.GetAvailabilityResponse) -> Iterator[RenderableType]:
    if answer.levels or not answer.kits:
        yield level_table(answer.levels)
    if answer.kits:
        yield kit_table(answer.kits)
