"""The command that says where orders ship from."""

from __future__ import annotations

from typing import Annotated

import typer

from allocation.cli.commands import flags
from allocation.cli.consoles import progress
from allocation.cli.exit_codes import ExitCode
from allocation.cli.order_files import read_orders
from allocation.cli.output.answer import Format, show_plans
from allocation.cli.output.words import Words
from allocation.cli.planning_input import PlanningInput, planning_input, planning_options
from allocation.v1.allocation_service_pb2 import AllocateRequest
from allocation.v1.plan_pb2 import Plan
from allocation.v1.planning_options_pb2 import PlanningOptions
from routing.v1.order_pb2 import Order


def allocate(
    order_file: flags.OrderFile,
    server: flags.Server = None,
    network: flags.NetworkPath = None,
    stock: flags.StockFile = None,
    form: flags.OutputFormat = Format.TABLE,
    rule_set: flags.RuleSet = "",
    max_shipments: flags.MaxShipments = 0,
    split_lines: flags.SplitLines = None,
    ship_complete: flags.ShipComplete = False,
    alternatives: Annotated[
        int, typer.Option("--alternatives", min=0, max=10, help="Further plans to return.")
    ] = 0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Return verdicts, runner-up and reasons too.")
    ] = False,
    why_not: flags.WhyNot = None,
    budget: Annotated[
        str | None,
        typer.Option("--budget", metavar="SECONDS", help="Most time for the search. Default: 1."),
    ] = None,
    timeout: flags.Timeout = 30.0,
) -> None:
    """Plan where every unit of each order ships from, and what that costs.

    Nothing is reserved. The exit code is 1 when units stay unfilled; the answer says why.
    """
    orders = read_orders(order_file)
    options = planning_options(
        rule_set=rule_set,
        max_shipments=max_shipments,
        split_lines=split_lines,
        ship_complete=ship_complete,
        alternatives=alternatives,
        explain=explain,
        why_not=why_not or (),
        budget_s=budget,
    )
    plans: list[Plan] = []
    with (
        planning_input(server, network, stock) as given,
        progress("planning", len(orders)) as advance,
    ):
        for order in orders:
            request = allocate_request(order, given, options)
            answer = given.connection.allocation.Allocate(request, timeout=timeout)
            plans.append(answer.plan)
            advance(1)
        names = given.names
    show_plans(plans, [Words.of(order, names) for order in orders], form)
    if any(plan.unfilled for plan in plans):
        raise typer.Exit(ExitCode.INCOMPLETE)


def allocate_request(
    order: Order, given: PlanningInput, options: PlanningOptions
) -> AllocateRequest:
    """Return the call for one order."""
    return AllocateRequest(
        order=order, network=given.network, inline_stock=given.stock, options=options
    )
