"""The commands of ``shipfrom plan``: plans that a running server keeps."""

from __future__ import annotations

import typer

from allocation.cli.commands.plan import changing, looking
from allocation.cli.exit_codes import epilog
from allocation.cli.groups import CommandGroup

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show, commit, release and replay the plans that a running server keeps.",
)

for name, command, says in (
    ("show", looking.show, "Show a stored plan as it is now."),
    ("commit", changing.commit, "Turn a hold into a commitment."),
    ("release", changing.release, "Give stock back."),
    ("extend", changing.extend, "Let a hold last longer."),
    ("fulfill", changing.fulfill, "Record that stock has left."),
    ("reallocate", changing.reallocate, "Plan again what a location cannot keep."),
    ("replay", looking.replay, "Make a decision again and compare."),
):
    app.command(name, epilog=epilog(), short_help=says)(command)
