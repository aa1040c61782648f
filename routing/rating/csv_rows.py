"""Reading CSV tables so that every problem is found at once, each with file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TypeVar

from routing.errors import InvalidInputError, Violation

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row of a table.

    Every reader returns the value, or reports a problem to `problems` and returns
    ``None``, so that a caller reads all columns before it gives up on the row.

    Attributes
    ----------
    where
        File and line: ``rates.csv:17``.
    values
        Text by column, blanks stripped; an absent column reads as empty.
    problems
        Shared by all rows of a load.
    """

    where: str
    values: Mapping[str, str]
    problems: list[Violation]

    def report(self, message: str) -> None:
        """Add a problem of this row."""
        self.problems.append(Violation(self.where, message))

    def text(self, column: str) -> str:
        """Return the text of a column, empty if there is none."""
        return self.values.get(column, "")

    def need(self, column: str) -> str | None:
        """Return the text of a column that must not be empty."""
        text = self.text(column)
        if not text:
            self.report(f"{column} is empty; fill it in")
            return None
        return text

    def decimal(self, column: str) -> Decimal | None:
        """Return a plain decimal number, ``None`` if the column is empty."""
        return self._parsed(column, _finite_decimal, "a number such as 12.50")

    def integer(self, column: str) -> int | None:
        """Return a whole number, ``None`` if the column is empty."""
        return self._parsed(column, int, "a whole number")

    def date(self, column: str) -> date | None:
        """Return a date, ``None`` if the column is empty."""
        return self._parsed(column, date.fromisoformat, "a date such as 2026-01-31")

    def flag(self, column: str) -> bool | None:
        """Return yes or no as a truth value, ``None`` if the column is empty."""
        return self._parsed(column, lambda text: {"yes": True, "no": False}[text], "yes or no")

    def choice(self, column: str, kind: type[E]) -> E | None:
        """Return a member of an enumeration by its value, ``None`` if the column is empty."""
        allowed = ", ".join(str(member.value) for member in kind)
        return self._parsed(column, kind, f"one of {allowed}")

    def needed(self, column: str, value: T | None) -> T | None:
        """Report an empty column whose value was read and is needed."""
        if value is None and not self.text(column):
            self.report(f"{column} is empty; fill it in")
        return value

    def attempt(self, make: Callable[[], T]) -> T | None:
        """Return what `make` builds; report its violations at this row instead of raising."""
        try:
            return make()
        except InvalidInputError as error:
            for violation in error.violations:
                self.report(str(violation))
            return None

    def _parsed(self, column: str, parse: Callable[[str], T], expected: str) -> T | None:
        text = self.text(column)
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, KeyError, InvalidOperation):
            self.report(f"{column} {text!r} is not {expected}")
            return None


def read_rows(
    name: str,
    content: str,
    required: Sequence[str],
    optional: Sequence[str],
    problems: list[Violation],
) -> list[CsvRow]:
    """Return the rows of a table with a header line.

    Parameters
    ----------
    name
        File name for error messages.
    content
        The text of the file.
    required, optional
        Columns it must and may have; any other column is reported, not ignored.
    problems
        Where problems are added.
    """
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline=""))
    try:
        return _rows(name, reader, required, optional, problems)
    except csv.Error as error:
        # Most often a quote that is never closed: the rest of the file is one cell.
        where = f"{name}:{reader.line_num}"
        problems.append(Violation(where, f"is no CSV: {error}; check the quotes"))
        return []


def _rows(
    name: str,
    reader: csv.DictReader[str],
    required: Sequence[str],
    optional: Sequence[str],
    problems: list[Violation],
) -> list[CsvRow]:
    header = [column.strip() for column in reader.fieldnames or ()]
    known = {*required, *optional}
    problems.extend(
        Violation(f"{name}:1", f"column {column} is missing")
        for column in required
        if column not in header
    )
    for column in header:
        if column not in known:
            hint = ", ".join(sorted(known))
            problems.append(Violation(f"{name}:1", f"column {column!r} is not one of: {hint}"))
        elif header.count(column) > 1:
            problems.append(Violation(f"{name}:1", f"column {column} appears more than once"))
    reader.fieldnames = header
    rows: list[CsvRow] = []
    for raw in reader:
        where = f"{name}:{reader.line_num}"
        if None in raw:
            problems.append(Violation(where, "has more cells than the header"))
        cells = {
            column: cell.strip() for column, cell in raw.items() if column and cell is not None
        }
        rows.append(CsvRow(where, cells, problems))
    return rows


def _finite_decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise ValueError(text)
    return number


def grouped(rows: Iterable[CsvRow], *columns: str) -> dict[tuple[str, ...], list[CsvRow]]:
    """Return rows by what they have in some columns; an empty cell there is reported."""
    found: dict[tuple[str, ...], list[CsvRow]] = {}
    for row in rows:
        found.setdefault(tuple(row.need(column) or "" for column in columns), []).append(row)
    return found
