"""The ``shipfrom`` program: its commands, in one place."""

from __future__ import annotations

import sys
import traceback
from importlib.metadata import version
from typing import Annotated

import typer

from allocation.cli.commands import (
    allocate,
    config,
    demo,
    doctor,
    explain,
    import_,
    plan,
    quote,
    rules,
    serve,
    stock,
    token,
)
from allocation.cli.exit_codes import ExitCode, epilog
from allocation.cli.groups import CommandGroup

app = typer.Typer(
    name="shipfrom",
    cls=CommandGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog=epilog(),
    help="ShipFrom decides where every unit of an order ships from, proves that the answer is "
    "the cheapest one allowed, and returns a reservation plan that a commerce backend can commit.",
)

app.command("serve", epilog=epilog(), short_help="Run the server.")(serve.serve)
app.command("allocate", epilog=epilog(), short_help="Plan where orders ship from.")(
    allocate.allocate
)
app.command("quote", epilog=epilog(), short_help="Show delivery options.")(quote.quote)
app.command("explain", epilog=epilog(), short_help="Say why a plan is as it is.")(explain.explain)
app.command("demo", epilog=epilog(), short_help="See it work on example orders.")(demo.demo)
app.add_typer(
    config.app, name="config", epilog=epilog(), short_help="Check and show a server's settings."
)
app.command("doctor", epilog=epilog(), short_help="Look at everything a server needs.")(
    doctor.doctor
)
app.command("token", epilog=epilog(), short_help="Make a token for a caller.")(token.token)
app.add_typer(
    import_.app, name="import", epilog=epilog(), short_help="Read other systems' exports."
)
app.add_typer(
    rules.app,
    name="rules",
    epilog=epilog(),
    short_help="Check, try, compare and activate rule sets.",
)
app.add_typer(stock.app, name="stock", epilog=epilog(), short_help="Levels of a server's ledger.")
app.add_typer(plan.app, name="plan", epilog=epilog(), short_help="Plans that a server keeps.")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"shipfrom {version('shipfrom')}")
        raise typer.Exit


@app.callback()
def _program(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None: ...


def main() -> None:
    """Run the program; the exit codes are in `allocation.cli.exit_codes`."""
    try:
        app()
    except Exception:  # noqa: BLE001  # whatever it is, it must not look like an answer
        traceback.print_exc()
        sys.exit(ExitCode.INTERNAL)
