"""Which running server a command is about."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from allocation.cli.server_variable import SERVER_VARIABLE

DEFAULT_SERVER: Final = "127.0.0.1:50051"

RunningServer = Annotated[
    str,
    typer.Option(
        "--server", envvar=SERVER_VARIABLE, metavar="HOST:PORT", help="The running server."
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Write the answer as JSON, with the contract's names.")
]
