"""Tables of a directory as text: CSV as it is, Parquet turned into the same."""

from __future__ import annotations

import csv
import io
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, overload

from routing.bounded_file import read_text
from routing.errors import InvalidInputError, Violation


@overload
def read_table(directory: Path, name: str) -> str: ...
@overload
def read_table(directory: Path, name: str, *, optional: Literal[True]) -> str | None: ...
def read_table(directory: Path, name: str, *, optional: bool = False) -> str | None:
    """Return a table as the text of a CSV file.

    Parameters
    ----------
    name
        File name with the ending ``.csv``; a Parquet file of the same stem will do.
    optional
        Whether there need be none; then the answer is ``None``.

    Raises
    ------
    routing.errors.InvalidInputError
        If there is a table of both kinds, or a Parquet file that cannot be read, for
        instance because pyarrow is not installed.
    OSError
        If the table cannot be read.
    """
    plain, columnar = directory / name, (directory / name).with_suffix(".parquet")
    if plain.exists() and columnar.exists():
        message = f"stands beside {columnar.name}; keep one of both"
        raise InvalidInputError([Violation(name, message)])
    if columnar.exists():
        return _from_parquet(columnar)
    if optional and not plain.exists():
        return None
    return read_text(plain)


def _from_parquet(path: Path) -> str:
    if find_spec("pyarrow") is None:
        message = "needs pyarrow: pip install 'shipfrom[parquet]', or give the table as CSV"
        raise InvalidInputError([Violation(path.name, message)])
    from pyarrow import ArrowException, parquet  # noqa: PLC0415 - only where it is installed

    try:
        table = parquet.read_table(path)
    except ArrowException as error:
        raise InvalidInputError(
            [Violation(path.name, f"is not a Parquet file: {error}")]
        ) from error
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.column_names)
    # One line per row, so that a problem's line is the row's number plus one.
    for row in table.to_pylist():
        writer.writerow([_text(value) for value in row.values()])
    return out.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("\n", " ")
