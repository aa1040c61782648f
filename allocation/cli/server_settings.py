"""The settings of a server from everything that a command line can say."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from allocation.cli.data_directory import default_store
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.server_variable import SERVER_VARIABLE
from allocation.server.config.load import Loaded, load
from allocation.server.config.masking import has_password
from allocation.server.config.sources import (
    Given,
    from_assignments,
    from_environment,
    from_file,
    unknown_variables,
)
from routing.errors import InvalidInputError

CONFIG_VARIABLE: Final = "SHIPFROM_CONFIG"

Config = Annotated[
    Path | None,
    typer.Option("--config", envvar=CONFIG_VARIABLE, metavar="FILE", help="Settings file (TOML)."),
]
Assignments = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Set any setting, such as queue=10. Repeatable."
    ),
]


def load_settings(
    config: Path | None,
    assignments: Sequence[str] | None,
    options: Mapping[str, tuple[str, Any]] | None = None,
) -> Loaded:
    """Return settings: options win over variables, variables over the file.

    Parameters
    ----------
    options
        By setting, the option's name and what it says.

    Raises
    ------
    CommandError
        With every problem of every source.
    """
    given = [
        Given(name, value, f"option {option}", Path())
        for name, (option, value) in (options or {}).items()
    ]
    try:
        given += from_assignments(assignments or ())
        _refuse_passwords(given)
        file = () if config is None else from_file(config)
        return load((file, from_environment(os.environ), given), defaults={"store": default_store})
    except InvalidInputError as error:
        details = [str(violation) for violation in error.violations]
        raise CommandError("the server cannot run like this", ExitCode.USAGE, details) from error


def hints() -> list[str]:
    """Return what in the environment looks like a setting and is none."""
    # A server that starts does not wait for the client to be loaded.
    from allocation.client.connection import VARIABLES  # noqa: PLC0415

    return unknown_variables(os.environ, (CONFIG_VARIABLE, SERVER_VARIABLE, *VARIABLES))


def _refuse_passwords(given: Sequence[Given]) -> None:
    """Refuse a secret where every user of the machine can read it: in the list of processes."""
    for each in given:
        if each.name == "store" and has_password(str(each.value)):
            raise CommandError(
                f"{each.origin} has a password, which others on this machine could read: put the "
                "store into the settings file or the variable SHIPFROM_STORE, or the password "
                "into a file that PGPASSFILE names",
                ExitCode.USAGE,
            )
