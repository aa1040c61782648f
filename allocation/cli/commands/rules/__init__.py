"""The commands of ``shipfrom rules``: the fulfillment team's policy, from draft to decision."""

from __future__ import annotations

import typer

from allocation.cli.commands.rules.backtest import backtest
from allocation.cli.exit_codes import epilog
from allocation.cli.groups import CommandGroup

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Try, compare, store and activate rule sets.",
)

app.command("backtest", epilog=epilog(), short_help="Compare rule sets on past orders.")(backtest)
