"""Statements that take many rows or keys at once.

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

_MOST_KEYS: Final = 1_024
"""How many keys one query takes: a power of two."""


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


@dataclass(frozen=True, slots=True)
class KeysStatement:
    """A query over ``k``, a table of keys with columns named `columns`.

    A table of bound values is quicker to look through than JSON.
    """

    columns: str
    query: str

    def rows(
        self,
        connection: sqlite3.Connection,
        keys: Sequence[Sequence[Any]],
        values: Sequence[Any] = (),
    ) -> list[tuple[Any, ...]]:
        """Return what is found for any of the keys, one at least; maybe more than once.

        Parameters
        ----------
        values
            Of the parameters of `query`, in their order.
        """
        found: list[tuple[Any, ...]] = []
        for begin in range(0, len(keys), _MOST_KEYS):
            some = keys[begin : begin + _MOST_KEYS]
            # The last one again and again, up to one of few sizes.
            size = 1 << (len(some) - 1).bit_length()
            bound = chain(chain.from_iterable(some), list(some[-1]) * (size - len(some)), values)
            found += connection.execute(_query(self, size), tuple(bound)).fetchall()
        return found


@cache
def _query(statement: KeysStatement, size: int) -> str:
    row = f"({', '.join('?' * len(statement.columns.split(', ')))})"
    return f"WITH k ({statement.columns}) AS (VALUES {', '.join([row] * size)}) {statement.query}"


@cache
def _text(statement: RowsStatement, size: int) -> str:
    row = f"({', '.join('?' * statement.width)})"
    return f"{statement.before} VALUES {', '.join([row] * size)} {statement.after}"
