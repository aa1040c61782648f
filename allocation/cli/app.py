"""The ``shipfrom`` program: its commands, in one place."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from allocation.cli.commands import allocate, demo, import_, quote, serve
from allocation.cli.exit_codes import epilog
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

app.command("serve", epilog=epilog())(serve.serve)
app.command("allocate", epilog=epilog())(allocate.allocate)
app.command("quote", epilog=epilog())(quote.quote)
app.command("demo", epilog=epilog())(demo.demo)
app.add_typer(import_.app, name="import", epilog=epilog())


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
    app()
