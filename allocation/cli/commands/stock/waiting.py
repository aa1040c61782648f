"""Units that wait for supply, and lots that are recalled."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from allocation.cli.commands.running_server import DEFAULT_SERVER, AsJson, RunningServer
from allocation.cli.commands.stock.reading import Locations
from allocation.cli.connection import connect
from allocation.cli.consoles import answers
from allocation.cli.exit_codes import ExitCode
from allocation.cli.output.answer import messages_json, write_json
from allocation.cli.output.stock_tables import level_table
from allocation.cli.output.waiting_tables import recall_table, waiting_table
from allocation.v1 import stock_service_pb2 as pb

_WELL = (pb.RECALL_OUTCOME_REALLOCATED, pb.RECALL_OUTCOME_ENDED)


def waiting(
    items: Annotated[
        list[str] | None, typer.Argument(metavar="[ITEM...]", help="Default: all items.")
    ] = None,
    location: Locations = None,
    as_json: AsJson = False,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """List units of plans that wait for supply, the first to be served first."""
    request = pb.ListWaitingRequest(inventory_item_ids=items or [], location_ids=location or [])
    with connect(server) as connection:
        units = connection.stock.ListWaiting(request).units
    if as_json:
        write_json({"units": messages_json(units)})
    elif units:
        answers().print(waiting_table(units))
    else:
        typer.echo("nothing waits")


def recall(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="Inventory item.")],
    lot: Annotated[str, typer.Argument(metavar="LOT", help="Which lot of it.")],
    comment: Annotated[str, typer.Option("--comment", help="For the record.")] = "",
    lift: Annotated[
        bool, typer.Option("--lift", help="End the recall: what comes from now on can be sold.")
    ] = False,
    request_id: Annotated[
        str,
        typer.Option(metavar="ID", help="Sent again under the same id, a recall goes on."),
    ] = "",
    as_json: AsJson = False,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Set a lot aside everywhere and plan anew what was promised of it.

    Exit code 1 when some plan is short of units now, or could not be planned anew.
    """
    request = pb.RecallLotRequest(
        request_id=request_id or str(uuid.uuid4()),
        inventory_item_id=item,
        lot_id=lot,
        comment=comment,
        lift=lift,
    )
    with connect(server) as connection:
        answer = connection.stock.RecallLot(request)
    if as_json:
        levels, plans = messages_json(answer.levels), messages_json(answer.plans)
        found = {"levels": levels, "plans": plans, "more_plans": answer.more_plans}
        write_json(found)
    else:
        answers().print(level_table(answer.levels))
        if answer.plans:
            answers().print(recall_table(answer.plans))
        if lift:
            typer.echo("the recall is lifted; restore what is good of the levels above")
        else:
            count = f"{len(answer.levels)} level(s) set aside"
            typer.echo(f"{count}, {len(answer.plans) + answer.more_plans} plan(s) had some")
    if any(one.outcome not in _WELL for one in answer.plans):
        raise typer.Exit(ExitCode.INCOMPLETE)
