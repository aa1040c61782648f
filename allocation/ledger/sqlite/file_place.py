"""Whether a database file can be where it is to be."""

from __future__ import annotations

import os
from pathlib import Path

from allocation.ledger.errors import LedgerUnavailableError


def check_place(path: Path) -> None:
    """Refuse a place where SQLite could only say that it is unable to open a file.

    Looks, and makes nothing.

    Raises
    ------
    LedgerUnavailableError
        Names the file and the folder in full, so it is for operators.
    """
    problem = _problem(path.absolute())
    if problem:
        raise LedgerUnavailableError(problem)


def _problem(path: Path) -> str:
    folder = path.parent
    if path.is_dir():
        return f"{path} is a folder; name a file in it"
    if not folder.exists():
        return f"the folder {folder} of the database {path.name} does not exist; make it first"
    if not folder.is_dir():
        return f"{folder}, where the database {path.name} is to be, is no folder; name another"
    if not os.access(folder, os.W_OK | os.X_OK):
        return (
            f"this user may not write in {folder}, where the database {path.name} and its log are "
            "to be; let it, or name another folder"
        )
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return f"this user may not read and write {path}; let it"
    return ""
