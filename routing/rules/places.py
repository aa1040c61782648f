"""Where the keys and values of a file stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, each from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where every key and value of one file stands.

    Attributes
    ----------
    keys, values
        Of mapping entries and list items, by path.
    texts
        Scalars as they were written, quotes included, by path.
    lines
        Lines of the file.
    """

    keys: Mapping[Path, Place]
    values: Mapping[Path, Place]
    texts: Mapping[Path, str]
    lines: Sequence[str] = ()

    def of(self, path: Sequence[str | int]) -> Place:
        """Return where a value stands, or the nearest thing around it that stands somewhere."""
        at = tuple(path)
        while at:
            if at in self.values:
                return self.values[at]
            at = at[:-1]
        return self.values.get((), Place(1, 1))

    def of_key(self, path: Sequence[str | int]) -> Place:
        """Return where the key of an entry stands; for what is no entry, as `of`."""
        return self.keys.get(tuple(path)) or self.of(path)

    def inside(self, path: Sequence[str | int], text: str, offset: int) -> Place:
        """Return where a character of a text value stands; its beginning when that is unclear.

        Parameters
        ----------
        text
            The value.
        offset
            Characters of it before the one that is meant.
        """
        start = self.of(path)
        before = text[:offset]
        row = before.count("\n")
        words = text.split("\n")[row]
        # A block begins in the line after its sign, | or >; any other text where it stands.
        block = self._line(start.line)[start.column - 1 : start.column] in {"|", ">"}
        number = start.line + row + (1 if block else 0)
        at = self._line(number).find(words, 0 if block or row else start.column - 1)
        if at < 0 or not words:
            return start
        return Place(number, at + 1 + len(before) - (before.rfind("\n") + 1))

    def _line(self, number: int) -> str:
        return self.lines[number - 1] if 1 <= number <= len(self.lines) else ""


def path_text(path: Sequence[str | int]) -> str:
    """Return a path as people write it: ``require[2].location``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def path_of(text: str) -> Path:
    """Return the path that `path_text` writes as `text`."""
    return tuple(
        int(index) if index else name for name, index in _PART.findall(text) if name or index
    )


_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
