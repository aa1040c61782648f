"""The command that says which deliveries a shopper can be offered."""

from __future__ import annotations

import typer

from allocation.cli.commands import flags
from allocation.cli.exit_codes import ExitCode
from allocation.cli.order_files import read_orders
from allocation.cli.output.answer import Format, show_quotes
from allocation.cli.output.words import Words
from allocation.cli.planning_input import planning_input, planning_options
from allocation.v1.allocation_service_pb2 import QuoteRequest


def quote(
    order_file: flags.OrderFile,
    server: flags.Server = None,
    network: flags.NetworkPath = None,
    stock: flags.StockFile = None,
    form: flags.OutputFormat = Format.TABLE,
    rule_set: flags.RuleSet = "",
    max_shipments: flags.MaxShipments = 0,
    split_lines: flags.SplitLines = None,
    ship_complete: flags.ShipComplete = False,
    timeout: flags.Timeout = 30.0,
) -> None:
    """Show the delivery options of each cart: cheapest, fastest, fewest shipments.

    Nothing is reserved. The exit code is 1 when an order has no option, or none that sends all
    of it.
    """
    orders = read_orders(order_file)
    options = planning_options(
        rule_set=rule_set,
        max_shipments=max_shipments,
        split_lines=split_lines,
        ship_complete=ship_complete,
    )
    with planning_input(server, network, stock) as given:
        quotes = [
            given.connection.allocation.Quote(
                QuoteRequest(
                    order=order, network=given.network, inline_stock=given.stock, options=options
                ),
                timeout=timeout,
            )
            for order in orders
        ]
        names = given.names
    show_quotes(quotes, [Words.of(order, names) for order in orders], form)
    if any(all(option.unfilled_lines for option in each.options) for each in quotes):
        raise typer.Exit(ExitCode.INCOMPLETE)
