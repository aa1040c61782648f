"""The ``shipfrom`` program: its commands, in one place."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.metadata import version
from types import MappingProxyType
from typing import Annotated, Final

import typer

from allocation.build_kind import build_kind
from allocation.cli.exit_codes import ExitCode, epilog
from allocation.cli.groups import CommandGroup

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "serve": "Run the server.",
        "allocate": "Plan where orders ship from.",
        "quote": "Show delivery options.",
        "explain": "Say why a plan is as it is.",
        "demo": "See it work on example orders.",
        "config": "Check and show a server's settings.",
        "doctor": "Look at everything a server needs.",
        "token": "Make a token for a caller.",
        "import": "Read other systems' exports.",
        "rules": "Check, try, compare and activate rule sets.",
        "stock": "Levels of a server's ledger.",
        "plan": "Plans that a server keeps.",
    }
)
"""Every command, in the order of the help page, with what it is for.

``NAME`` is the function ``NAME`` of the module ``allocation.cli.commands.NAME``, or its ``app``
where it is a group of commands.
"""


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """Return the program with some of its commands, which are imported now.

    To import all of them takes longer than the shortest of them: a server has to be up soon.
    """
    app = typer.Typer(
        name="shipfrom",
        cls=CommandGroup,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        epilog=epilog(),
        help="ShipFrom decides where every unit of an order ships from, proves that the answer is "
        "the cheapest one allowed, and returns a reservation plan that a commerce backend can "
        "commit.",
    )
    app.callback()(_program)
    for name in names:
        # "import" is a word of the language.
        module = import_module(f"allocation.cli.commands.{'import_' if name == 'import' else name}")
        group = getattr(module, "app", None)
        if group is None:
            command = getattr(module, name)
            app.command(name, epilog=epilog(), short_help=COMMANDS[name])(command)
        else:
            app.add_typer(group, name=name, epilog=epilog(), short_help=COMMANDS[name])
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"shipfrom {version('shipfrom')} ({build_kind()})")
        raise typer.Exit


def _program(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and the build, and exit.",
        ),
    ] = False,
) -> None: ...


def __getattr__(name: str) -> typer.Typer:
    """Return the program with all of its commands as ``app``, when somebody asks for it."""
    if name != "app":
        raise AttributeError(name)
    return make_app()


def main() -> None:
    """Run the program; the exit codes are in `allocation.cli.exit_codes`."""
    # Options of the program itself come before the command: then all of them are there.
    named = [name for name in sys.argv[1:2] if name in COMMANDS]
    try:
        make_app(named or COMMANDS)()
    except Exception:  # noqa: BLE001  # whatever it is, it must not look like an answer
        traceback.print_exc()
        sys.exit(ExitCode.INTERNAL)
