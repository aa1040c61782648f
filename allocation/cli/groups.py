"""A command group that turns a `CommandError` into a message and its exit code."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from allocation.cli.failure import CommandError


class CommandGroup(TyperGroup):
    """Shows what went wrong on stderr, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the chosen command.

        Raises
        ------
        typer.Exit
            With the code of the `CommandError` that ended the command.
        """
        try:
            return super().invoke(ctx)
        except CommandError as error:
            typer.echo(error.text(), err=True)
            raise typer.Exit(error.code) from error
