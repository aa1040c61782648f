"""Taking stored plans through their states."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer
from google.protobuf.duration_pb2 import Duration

from allocation.cli.commands import flags
from allocation.cli.commands.plan.picked_flags import LotFlag, SerialFlag, fulfilled_parts
from allocation.cli.commands.plan.plan_flags import (
    Etag,
    PartFlag,
    PlanId,
    RequestId,
    parse_part,
    show_plan,
)
from allocation.cli.commands.running_server import DEFAULT_SERVER, RunningServer
from allocation.cli.connection import connect
from allocation.cli.output.answer import Format
from allocation.v1 import allocation_service_pb2 as pb


def commit(
    plan_id: PlanId,
    etag: Etag = "",
    request_id: RequestId = "",
    form: flags.OutputFormat = Format.TABLE,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Turn a hold into a commitment."""
    request = pb.CommitPlanRequest(plan_id=plan_id, etag=etag, request_id=request_id)
    with connect(server) as connection:
        plan = connection.allocation.CommitPlan(request).plan
    show_plan(plan, form)


def release(
    plan_id: PlanId,
    line: Annotated[
        list[str] | None, typer.Option("--line", metavar="ID", help="Only these; repeatable.")
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="For the record.")] = "",
    etag: Etag = "",
    request_id: RequestId = "",
    form: flags.OutputFormat = Format.TABLE,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Give stock back, of all lines or some."""
    request = pb.ReleasePlanRequest(
        plan_id=plan_id, etag=etag, request_id=request_id, line_ids=line or [], comment=comment
    )
    with connect(server) as connection:
        plan = connection.allocation.ReleasePlan(request).plan
    show_plan(plan, form)


def extend(
    plan_id: PlanId,
    seconds: Annotated[int, typer.Argument(metavar="SECONDS", min=1, max=86_400, help="From now.")],
    etag: Etag = "",
    request_id: RequestId = "",
    form: flags.OutputFormat = Format.TABLE,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Let a hold last until so many seconds from now."""
    request = pb.ExtendPlanRequest(
        plan_id=plan_id, etag=etag, request_id=request_id, hold_ttl=Duration(seconds=seconds)
    )
    with connect(server) as connection:
        plan = connection.allocation.ExtendPlan(request).plan
    show_plan(plan, form)


def fulfill(
    plan_id: PlanId,
    part: PartFlag = None,
    serial: SerialFlag = None,
    lot: LotFlag = None,
    etag: Etag = "",
    request_id: RequestId = "",
    form: flags.OutputFormat = Format.TABLE,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Record that stock has left, all of the plan's or some, and which units were picked.

    Of a part of one item: --part line-1@reno=2 --serial line-1@reno=S1 --serial line-1@reno=S2.
    Of a kit, component by component: --serial line-2@reno/phone=S3 --lot line-2@reno/tea=LOT-17.
    """
    # A part of a part is counted once per id: without one, each call is an event of its own.
    request = pb.FulfillPlanRequest(
        plan_id=plan_id,
        etag=etag,
        request_id=request_id or str(uuid.uuid4()),
        parts=fulfilled_parts(part or (), serial or (), lot or ()),
    )
    with connect(server) as connection:
        plan = connection.allocation.FulfillPlan(request).plan
    show_plan(plan, form)


def reallocate(
    plan_id: PlanId,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="LOCATION", help="A location that refused; repeatable."),
    ] = None,
    short: Annotated[
        list[str] | None,
        typer.Option(
            "--short",
            metavar="LINE@LOCATION=UNITS",
            help="Units that were looked for and not found; repeatable.",
        ),
    ] = None,
    etag: Etag = "",
    request_id: RequestId = "",
    form: flags.OutputFormat = Format.TABLE,
    server: RunningServer = DEFAULT_SERVER,
) -> None:
    """Plan again what is left of a plan; the new plan takes its place."""
    request = pb.ReallocatePlanRequest(
        plan_id=plan_id,
        etag=etag,
        request_id=request_id or str(uuid.uuid4()),
        excluded_location_ids=exclude or [],
    )
    for line, place, units in map(parse_part, short or ()):
        request.short_picks.add(line_id=line, location_id=place).quantity.value = units
    with connect(server) as connection:
        answer = connection.allocation.ReallocatePlan(request)
    show_plan(answer.plan, form)
