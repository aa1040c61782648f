"""The commands that check and show settings without running anything."""

from __future__ import annotations

import typer

from allocation.cli.exit_codes import ExitCode, epilog
from allocation.cli.failure import CommandError
from allocation.cli.groups import CommandGroup
from allocation.cli.server_settings import Assignments, Config, hints, load_settings
from allocation.server.config.files_check import start_problems
from allocation.server.config.load import DEFAULT_ORIGIN
from allocation.server.config.masking import shown

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check and show the settings of a server without running it.",
)


@app.command(epilog=epilog(), short_help="Say whether a server could start.")
def check(config: Config = None, assignments: Assignments = None) -> None:
    """Read settings as serve does and look into the files they name; start nothing."""
    loaded = load_settings(config, assignments)
    for hint in hints():
        typer.echo(f"note: {hint}", err=True)
    problems = start_problems(loaded.settings)
    if problems:
        raise CommandError("the server would not start", ExitCode.INVALID_INPUT, problems)
    given = sum(origin != DEFAULT_ORIGIN for origin in loaded.origins.values())
    typer.echo(f"fine: {given} setting(s) are given, the others are the defaults")


@app.command(epilog=epilog(), short_help="Show every setting and where it comes from.")
def show(config: Config = None, assignments: Assignments = None) -> None:
    """Show what serve would run with. Passwords are replaced by stars."""
    loaded = load_settings(config, assignments)
    rows = [
        (name, shown(name, value), loaded.origins[name]) for name, value in loaded.values.items()
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, origin in rows:
        typer.echo(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}")
