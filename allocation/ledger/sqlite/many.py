"""Statements that take many rows or keys at once.

One statement for many rows is cheaper than one for each, and the interpreter's lock is
given up once for all of them: a thread that runs without pause would otherwise be waited
for at every row. For the same reason what is found comes as one row of JSON.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Final

_MOST: Final = 1_024
"""How many rows or keys one statement takes; see `_size_for`."""

_NO_ROW: Final = 0
"""First value of what fills a table of rows up: no text, and no id. Unlike for ``None``, the driver
does not ask whether somebody adapts it."""


@dataclass(frozen=True, slots=True)
class RowsStatement:
    """A statement around a table of rows with `width` values each.

    The first value is a text or a positive number, and it leaves rows without out.
    """

    before: str
    width: int
    after: str = ""

    def of(self, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, Sequence[Any]]]:
        """Yield the statements for all rows, each with its values."""
        for begin in range(0, len(rows), _MOST):
            some = rows[begin : begin + _MOST]
            size = _size_for(len(some))
            missing = (_NO_ROW,) * (self.width * (size - len(some)))
            yield _text(self, size), (*chain.from_iterable(some), *missing)


@dataclass(frozen=True, slots=True)
class KeysStatement:
    """A query over ``k``, a table of keys with columns named `columns`.

    A table of bound values is quicker to look through than JSON. What is found are texts,
    integers and ``None``.
    """

    columns: str
    found: str
    source: str

    def rows(
        self,
        connection: sqlite3.Connection,
        keys: Sequence[Sequence[Any]],
        values: Sequence[Any] = (),
    ) -> list[list[Any]]:
        """Return what is found for any of the keys, one at least; maybe more than once.

        Parameters
        ----------
        values
            Of the parameters of `source`, in their order.
        """
        rows: list[list[Any]] = []
        for begin in range(0, len(keys), _MOST):
            some = keys[begin : begin + _MOST]
            # The last one again and again, up to one of few sizes.
            size = _size_for(len(some))
            bound = chain(chain.from_iterable(some), list(some[-1]) * (size - len(some)), values)
            rows += rows_of_one(connection.execute(_query(self, size), tuple(bound)))
        return rows


def in_one_row(found: str, source: str) -> str:
    """Return a query for columns; what it finds are texts, integers and ``None``."""
    return f"SELECT json_group_array(json_array({found})) {source}"


def rows_of_one(cursor: sqlite3.Cursor) -> list[list[Any]]:
    """Return the rows that a query `in_one_row` finds."""
    (text,) = cursor.fetchone()
    rows: list[list[Any]] = json.loads(text)
    return rows


def _size_for(count: int) -> int:
    """Return a size that is not below `count`, and less than a quarter above it.

    There are four between a power of two and the next, so that few statements are compiled.
    """
    step = 1 << max(0, (count - 1).bit_length() - 3)
    return -(-count // step) * step


@cache
def _query(statement: KeysStatement, size: int) -> str:
    table = _values(len(statement.columns.split(", ")), size)
    query = in_one_row(statement.found, statement.source)
    return f"WITH k ({statement.columns}) AS ({table}) {query}"


@cache
def _text(statement: RowsStatement, size: int) -> str:
    return f"{statement.before} {_values(statement.width, size)} {statement.after}"


def _values(width: int, size: int) -> str:
    """Return a table of values to be bound."""
    row = f"({', '.join('?' * width)})"
    return f"VALUES {', '.join([row] * size)}"
