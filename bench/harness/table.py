"""Tables for people: aligned columns in plain text."""

from __future__ import annotations

from collections.abc import Sequence


def table_lines(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table: first column to the left, the others to the right.

    Raises
    ------
    ValueError
        If a row has more or fewer cells than there are headers.
    """
    widths = [len(header) for header in headers]
    for row in rows:
        widths = [max(width, len(cell)) for width, cell in zip(widths, row, strict=True)]
    ruler = ["-" * width for width in widths]
    return [_line(row, widths) for row in (headers, ruler, *rows)]


def print_table(title: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a titled table and an empty line."""
    print(title)
    for line in table_lines(headers, rows):
        print(f"  {line}")
    print(flush=True)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = [
        cell.rjust(width) if column else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join((first, *rest)).rstrip()
