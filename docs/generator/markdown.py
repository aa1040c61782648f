"""Markdown from plain texts: cells, tables, paragraphs, whole pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

NOTICE = (
    "<!-- Written by docs/generate.py from the code; change the code, then `make generate`. -->"
)


def prose(text: str) -> str:
    """Return a text or docstring on one line; what Markdown reads as HTML is made harmless."""
    return " ".join(text.split()).replace("``", "`").replace("<", "&lt;")


def code(text: str) -> str:
    """Return a text as a code span."""
    return f"`{text}`"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells may hold Markdown, pipes in them are escaped."""
    lines = [_row(headings), "|" + "---|" * len(headings)]
    lines += [_row(row) for row in rows]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    escaped = (" ".join(cell.split()).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def page(title: str, blocks: Iterable[str]) -> str:
    """Return a page: the notice, its title, and its blocks with a blank line between them."""
    return "\n\n".join([NOTICE, f"# {title}", *blocks]) + "\n"
