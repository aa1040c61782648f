"""Statements that take many rows at once.

One statement for many rows is cheaper than one for each, and the interpreter's lock is
given up once for all of them: a thread that runs without pause would otherwise be waited
for at every row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final

_SIZES: Final = (1_024, 256, 64, 16, 4, 2, 1)
"""How many rows one statement takes: few sizes, so that each is compiled once."""


@dataclass(frozen=True, slots=True)
class RowsStatement:
    """A statement around ``VALUES (...), (...)`` with `width` values a row."""

    before: str
    width: int
    after: str = ""

    def run(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> None:
        """Run the statement for all rows."""
        done = 0
        for size in _SIZES:
            while len(rows) - done >= size:
                values = tuple(chain.from_iterable(rows[done : done + size]))
                connection.execute(_text(self, size), values)
                done += size


@cache
def _text(statement: RowsStatement, size: int) -> str:
    row = f"({', '.join('?' * statement.width)})"
    return f"{statement.before} VALUES {', '.join([row] * size)} {statement.after}"
