"""The command that makes a token for a caller."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.server.security.roles import Role
from allocation.server.security.tokens import digest_of, new_token


def token(
    name: Annotated[str, typer.Argument(help="Who will call with it; stands in the audit log.")],
    role: Annotated[list[Role], typer.Option(help="What they may do. Repeatable.")],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Where the token goes; the file must not exist.")
    ],
) -> None:
    """Make a token for a caller of the server.

    The token itself goes into a file that only its owner can read. What the server has to
    know goes to stdout: append it to the principals file.
    """
    if not name.isprintable() or '"' in name or "\\" in name:
        raise CommandError(f"{name!r} is no name: give printable text", ExitCode.USAGE)
    secret = new_token()
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"{out}: cannot be made: {error.strerror}") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(f"{secret}\n")
    roles = ", ".join(f'"{each.value}"' for each in role)
    typer.echo(
        f'[[principal]]\nname = "{name}"\nroles = [{roles}]\ntoken_sha256 = "{digest_of(secret)}"\n'
    )
