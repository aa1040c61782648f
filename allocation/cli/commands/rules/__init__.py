"""The commands of ``shipfrom rules``: the fulfillment team's policy, from draft to decision."""

from __future__ import annotations

import typer

from allocation.cli.commands.rules import storing
from allocation.cli.commands.rules.backtest import backtest
from allocation.cli.commands.rules.check import check
from allocation.cli.commands.rules.comparing import diff
from allocation.cli.commands.rules.schema import schema
from allocation.cli.commands.rules.trying import try_rules
from allocation.cli.exit_codes import epilog
from allocation.cli.groups import CommandGroup

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check, try, compare, store and activate rule sets.",
)

for name, command, says in (
    ("check", check, "Check a rule set and run its cases."),
    ("try", try_rules, "Plan orders under rule sets; hold nothing."),
    ("diff", diff, "Say what differs between two rule sets."),
    ("backtest", backtest, "Compare rule sets on past orders."),
    ("put", storing.put, "Store a rule set as a draft."),
    ("activate", storing.activate, "Make a revision the one that decides."),
    ("rollback", storing.rollback, "Activate the revision before the present one."),
    ("list", storing.list_rules, "List stored revisions."),
    ("history", storing.history, "List activations."),
    ("schema", schema, "Write the JSON Schema of rule sets."),
    ("show", storing.show, "Write a rule set to stdout."),
):
    app.command(name, epilog=epilog(), short_help=says)(command)
