"""The commands of ``shipfrom stock``: the levels of a running server's ledger."""

from __future__ import annotations

import typer

from allocation.cli.commands.stock import adjusting, feeding, low, reading, receiving, waiting
from allocation.cli.exit_codes import epilog
from allocation.cli.groups import CommandGroup

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Import, show, adjust and audit the stock levels of a running server.",
)

for name, command, says in (
    ("import", feeding.import_levels, "Send levels from a file."),
    ("show", reading.show, "Show what is available, and why."),
    ("serials", reading.serials, "Show where units are, and which plan has them."),
    ("low", low.low, "List what to order, and what other locations can spare."),
    ("waiting", waiting.waiting, "List what waits for supply, and when it is expected."),
    ("receive", receiving.receive, "Record what came in, with lots and serials, from a file."),
    ("recall", waiting.recall, "Set a lot aside and plan anew what was promised of it."),
    ("adjust", adjusting.adjust, "Record what happened at a location."),
    ("audit", reading.audit, "Recompute levels from their entries."),
    ("history", reading.history, "List what has happened to an item."),
):
    app.command(name, epilog=epilog(), short_help=says)(command)
