"""Flags of the commands about stored plans, and how a stored plan is shown."""

from __future__ import annotations

from typing import Annotated

import typer

from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.output.answer import Format, show_plans
from allocation.cli.output.words import Words
from allocation.v1.plan_pb2 import Plan, PlanState

PlanId = Annotated[str, typer.Argument(metavar="PLAN", help="Id of a stored plan.")]
RequestId = Annotated[
    str, typer.Option(metavar="ID", help="Sent again under the same id, it happens once.")
]
Etag = Annotated[
    str, typer.Option("--etag", help="Refuse if the plan is not as it was with this etag.")
]
PartFlag = Annotated[
    list[str] | None,
    typer.Option("--part", metavar="LINE@LOCATION=UNITS", help="Only these units; repeatable."),
]


def state_word(plan: Plan) -> str:
    """Return a plan's state as people say it."""
    return PlanState.Name(plan.state).removeprefix("PLAN_STATE_").lower()


def show_plan(plan: Plan, form: Format) -> None:
    """Write a stored plan to stdout, with its state."""
    items: dict[str, str] = {}
    for row in plan.reservations:
        known = items.get(row.line_id, "")
        if row.inventory_item_id not in known.split(" + "):
            items[row.line_id] = f"{known} + {row.inventory_item_id}".removeprefix(" + ")
    show_plans([plan], [Words(items, {})], form)
    if form is not Format.JSON:
        until = ""
        if plan.HasField("expire_time"):
            until = f" until {plan.expire_time.ToDatetime():%Y-%m-%d %H:%M:%S} UTC"
        new = f", replaced by plan {plan.replaced_by_plan_id}" if plan.replaced_by_plan_id else ""
        typer.echo(f"plan {plan.id} is {state_word(plan)}{until}{new} (etag {plan.etag})")


def parse_part(text: str) -> tuple[str, str, str]:
    """Return line, location and units of ``LINE@LOCATION=UNITS``.

    Raises
    ------
    CommandError
        It is not written like that.
    """
    names, _, units = text.rpartition("=")
    line, _, place = names.rpartition("@")
    if not (line and place and units):
        raise CommandError(f"{text!r} is not LINE@LOCATION=UNITS", ExitCode.USAGE)
    return line, place, units
