"""Where a server keeps its data unless it is told otherwise."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from allocation.cli.failure import CommandError

STORE_FILE: Final = "shipfrom.db"


def data_directory() -> Path:
    """Return ``$XDG_DATA_HOME/shipfrom``, or ``~/.local/share/shipfrom``."""
    base = Path(os.environ.get("XDG_DATA_HOME", ""))
    # The standard says to pass over a path that is not absolute.
    return (base if base.is_absolute() else Path.home() / ".local" / "share") / "shipfrom"


def default_store() -> str:
    """Return the address of a SQLite file in the data directory, which is made if need be.

    Raises
    ------
    CommandError
        The directory cannot be made.
    """
    directory = data_directory()
    try:
        # What was sold and where it went is nobody else's business.
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(
            f"{directory}: cannot be made: {error.strerror}; name a store with --store"
        ) from error
    return f"sqlite:{directory / STORE_FILE}"
