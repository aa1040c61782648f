"""Flags of the commands that a server's store of rule sets answers."""

from __future__ import annotations

import getpass
from typing import Annotated, Final

import typer

from allocation.cli.server_variable import SERVER_VARIABLE
from allocation.server.settings import ServerSettings

DEFAULT_SERVER: Final = ServerSettings().target

StoreServer = Annotated[
    str,
    typer.Option("--server", envvar=SERVER_VARIABLE, metavar="HOST:PORT", help="A running server."),
]
OptionalServer = Annotated[
    str | None,
    typer.Option(
        "--server",
        envvar=SERVER_VARIABLE,
        metavar="HOST:PORT",
        help="Which one keeps the revisions. Files and presets need none.",
    ),
]
Author = Annotated[
    str | None,
    typer.Option("--author", help="Who does it. Default: the name you are logged in by."),
]
Comment = Annotated[str, typer.Option("--comment", "-m", metavar="TEXT", help="Why.")]
RuleName = Annotated[
    str,
    typer.Argument(
        metavar="NAME|FILE",
        help="A revision, the very file that was put as that revision, or preset:NAME.",
    ),
]
AnyRules = Annotated[
    str,
    typer.Argument(
        metavar="FILE|NAME", help="A file, preset:NAME, or with --server a revision or 'active'."
    ),
]


def author_of(given: str | None) -> str:
    """Return who does it; nobody if that cannot be told."""
    if given is not None:
        return given
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
