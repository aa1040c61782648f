"""Looking at stored plans."""

from __future__ import annotations

import typer

from allocation.cli.commands import flags
from allocation.cli.commands.plan.plan_flags import PlanId, show_plan
from allocation.cli.commands.running_server import DEFAULT_SERVER, RunningServer
from allocation.cli.connection import connect
from allocation.cli.exit_codes import ExitCode
from allocation.cli.output.answer import Format
from allocation.v1 import allocation_service_pb2 as pb


def show(
    plan_id: PlanId,
    form: flags.OutputFormat = Format.TABLE,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Show a stored plan as it is now."""
    with connect(server) as connection:
        plan = connection.allocation.GetPlan(pb.GetPlanRequest(plan_id=plan_id)).plan
    show_plan(plan, form)


def replay(
    plan_id: PlanId,
    timeout: flags.Timeout = 120.0,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Make a recorded decision again from its request, stock, network, rules and time.

    Exit code 1 when other bytes come out; the answer says which fields differ.
    """
    with connect(server) as connection:
        request = pb.ReplayPlanRequest(plan_id=plan_id)
        answer = connection.allocation.ReplayPlan(request, timeout=timeout)
    for caveat in answer.caveats:
        typer.echo(f"note: {caveat}")
    if answer.identical:
        typer.echo(f"plan {plan_id} comes out the same, byte for byte")
        return
    typer.echo(f"plan {plan_id} comes out differently in: {', '.join(answer.differing_fields)}")
    raise typer.Exit(ExitCode.INCOMPLETE)
