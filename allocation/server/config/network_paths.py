"""Network files by the directory that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from allocation.demo.files import ITEMS_FILE, LOCATIONS_FILE
from routing.errors import InvalidInputError, Violation

RATE_CARDS_FILE: Final = "rate_cards.json"
CARTONS_FILE: Final = "cartons.json"
_NAMES: Final = (RATE_CARDS_FILE, CARTONS_FILE, LOCATIONS_FILE, ITEMS_FILE)
"""Rate cards and cartons first: locations may refer to them."""


def expanded(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return files as they are, and of a directory its network files.

    Raises
    ------
    InvalidInputError
        With every path that is not there, and every directory without network files.
    """
    problems: list[Violation] = []
    found = tuple(file for path in paths for file in _files(path, problems))
    if problems:
        raise InvalidInputError(problems)
    return found


def _files(path: Path, problems: list[Violation]) -> Iterator[Path]:
    if path.is_dir():
        present = [path / name for name in _NAMES if (path / name).exists()]
        if not present:
            message = f"{path} holds no {LOCATIONS_FILE} and no {ITEMS_FILE}"
            problems.append(Violation("network_files", message))
        yield from present
    elif path.exists():
        yield path
    else:
        problems.append(Violation("network_files", f"{path} does not exist"))
