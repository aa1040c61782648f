"""Tables in CSV files: rows that know their file, line and column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from allocation.cli.failure import CommandError
from allocation.cli.importers.reading import Reading
from allocation.cli.money_text import decimal_of
from allocation.cli.text_files import text_of


def casefolded(header: str) -> str | None:
    """Return a column's name without regard to case and outer blanks."""
    return header.strip().casefold()


@dataclass(slots=True)
class Row:
    """One record.

    Attributes
    ----------
    line
        Line of the file on which the record begins, from 1.
    cells
        Text by column name as the program knows it, outer blanks removed.
    headers
        Column names as the file has them, for messages.
    bad
        Whether something in it was reported.
    """

    file: str
    line: int
    cells: Mapping[str, str]
    headers: Mapping[str, str]
    reading: Reading
    bad: bool = field(default=False)

    def text(self, column: str) -> str:
        """Return a cell, empty when the column is missing."""
        return self.cells.get(column, "")

    def needed(self, column: str) -> str:
        """Return a cell; an empty one is reported."""
        value = self.text(column)
        if not value:
            self.report(column, "is empty; fill it in")
        return value

    def decimal(self, column: str, *, least: int | None = None) -> Decimal | None:
        """Return a cell as a number; ``None`` when it is empty or was reported."""
        value = self.text(column)
        if not value:
            return None
        try:
            number = decimal_of(value)
        except ValueError as error:
            self.report(column, str(error))
            return None
        if least is not None and number < least:
            self.report(column, f"is {value}; it must be at least {least}")
            return None
        return number

    def report(self, column: str, message: str) -> None:
        """Report a problem of one cell."""
        self.bad = True
        name = self.headers.get(column, column)
        self.reading.report(f"{self.file}:{self.line}:{name}", message)


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table: the program's column names, the file's, and the rows."""

    name: str
    headers: Mapping[str, str]
    records: Sequence[tuple[int, Sequence[str]]]
    reading: Reading

    def rows(self) -> Iterator[Row]:
        """Yield the rows; one with more cells than columns is reported and comes as bad."""
        names = list(self.headers)
        for line, record in self.records:
            cells = dict(zip(names, (cell.strip() for cell in record), strict=False))
            row = Row(self.name, line, cells, self.headers, self.reading)
            extra = [cell for cell in record[len(names) :] if cell.strip()]
            if extra:
                count = f"{len(record)} cells for {len(names)} columns"
                row.report("", f"has {count}; check the quotes")
            yield row
            self.reading.on_row(1)

    def has(self, *columns: str) -> bool:
        """Say whether all `columns` are there; each missing one is reported."""
        missing = [column for column in columns if column not in self.headers]
        for column in missing:
            near = get_close_matches(column, list(self.headers), n=1)
            hint = f"; is it {self.headers[near[0]]!r}?" if near else ""
            self.reading.report(f"{self.name}:1:{column}", f"this column is missing{hint}")
        return not missing


def read_table(
    file: Path,
    reading: Reading,
    canonical: Callable[[str], str | None] = casefolded,
    delimiters: Iterable[str] = ",",
) -> TableFile:
    """Read a CSV file (RFC 4180, UTF-8 with or without a byte order mark).

    Parameters
    ----------
    file
        What to read.
    reading
        Where problems go; repeated columns are reported here.
    canonical
        From a header to the program's name for the column; ``None`` hides the column.
    delimiters
        Candidates; the one that occurs most often in the header is used.

    Raises
    ------
    CommandError
        If the file cannot be read.
    """
    text = text_of(file)
    first = text.partition("\n")[0]
    delimiter = max(delimiters, key=first.count)
    numbered = _records(str(file), text, delimiter)
    _, header = next(numbered, (1, []))
    headers: dict[str, str] = {}
    for position, name in enumerate(header):
        known = canonical(name)
        if known is not None and known in headers:
            reading.report(f"{file}:1:{name}", "this column is there twice; keep one")
            known = None
        # A hidden column keeps its position under a name that nobody asks for.
        headers[f"\0{position}" if known is None else known] = name.strip()
    return TableFile(str(file), headers, list(numbered), reading)


def _records(name: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        # Most often a quote that is never closed: the rest of the file is one cell.
        raise CommandError(f"{name}:{begins}: is no CSV: {error}; check the quotes") from error
