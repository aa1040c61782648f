"""The command that plans orders under rule sets and holds nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import typer

from allocation.cli.commands import flags
from allocation.cli.commands.allocate import allocate_request
from allocation.cli.consoles import progress
from allocation.cli.exit_codes import ExitCode
from allocation.cli.order_files import read_orders
from allocation.cli.output.answer import Format, messages_json, show_plans
from allocation.cli.output.words import Words
from allocation.cli.planning_input import PlanningInput, planning_input
from allocation.cli.rule_sources import RuleReader, RuleSource
from allocation.v1.plan_pb2 import Plan
from allocation.v1.planning_options_pb2 import PlanningOptions
from allocation.v1.rule_service_pb2 import TryRulesRequest
from routing.v1.order_pb2 import Order

ORDERS_A_CALL: Final = 50


def try_rules(
    order_file: flags.OrderFile,
    rules: Annotated[
        list[str],
        typer.Option(
            "--rules",
            metavar="FILE|NAME",
            help="A rule set: a file, preset:NAME, or with --server a revision or 'active'. Give "
            "it several times to see several answers.",
        ),
    ],
    server: flags.Server = None,
    network: flags.NetworkPath = None,
    stock: flags.StockFile = None,
    form: flags.OutputFormat = Format.SENTENCES,
    explain: Annotated[
        bool, typer.Option("--explain", help="Return verdicts, runner-up and reasons too.")
    ] = False,
    timeout: flags.Timeout = 30.0,
) -> None:
    """Plan orders under rule sets that need not be stored, each order with the stock there is.

    Nothing is reserved and nothing is stored. As JSON the plans stand under the names of the rule
    sets. The exit code is 1 when units stay unfilled.
    """
    orders = read_orders(order_file)
    options = PlanningOptions(explain=explain)
    tried: dict[str, list[Plan]] = {}
    with planning_input(server, network, stock) as given:
        reader = RuleReader(given.connection)
        for source in [reader.read(name) for name in rules]:
            tried[source.name] = _plans(given, source, orders, options, timeout)
        words = [Words.of(order, given.names) for order in orders]
    if form is Format.JSON:
        typer.echo(json.dumps({name: messages_json(plans) for name, plans in tried.items()}))
    else:
        for name, plans in tried.items():
            typer.echo(f"{name}:")
            show_plans(plans, words, form)
    if any(plan.unfilled for plans in tried.values() for plan in plans):
        raise typer.Exit(ExitCode.INCOMPLETE)


def _plans(
    given: PlanningInput,
    source: RuleSource,
    orders: Sequence[Order],
    options: PlanningOptions,
    timeout_s: float,
) -> list[Plan]:
    with progress(f"trying {source.name}", len(orders)) as advance:
        plans: list[Plan] = []
        for request in _requests(given, source, orders, options):
            answer = given.connection.rules.TryRules(request, timeout=timeout_s)
            plans += answer.plans
            advance(len(answer.plans))
    return plans


def _requests(
    given: PlanningInput, source: RuleSource, orders: Sequence[Order], options: PlanningOptions
) -> Iterator[TryRulesRequest]:
    for start in range(0, len(orders), ORDERS_A_CALL):
        request = TryRulesRequest(
            revision=source.name if source.stored else "", yaml="" if source.stored else source.text
        )
        request.orders.extend(
            allocate_request(order, given, options)
            for order in orders[start : start + ORDERS_A_CALL]
        )
        yield request
