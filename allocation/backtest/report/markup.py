"""Elements of HTML and SVG, with everything from outside escaped."""

from __future__ import annotations

from html import escape
from typing import Final

Attribute = str | int | float

_VOID: Final = frozenset({"input", "meta"})
"""Elements that have no end."""


class Markup(str):
    """Text that is markup already; every other text is escaped when it goes into an element."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: Attribute) -> Markup:
    """Return ``<tag ...>children</tag>``.

    Parameters
    ----------
    attributes
        ``class_`` stands for ``class``; other underscores become hyphens. Numbers are
        written with at most two decimals.
    """
    named = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(_text(value))}"'
        for name, value in attributes.items()
    )
    if tag in _VOID:
        return Markup(f"<{tag}{named}>")
    inner = "".join(child if isinstance(child, Markup) else escape(child) for child in children)
    return Markup(f"<{tag}{named}>{inner}</{tag}>")


def joined(*parts: str) -> Markup:
    """Return several pieces as one, escaped where they are not markup."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part) for part in parts))


def _text(value: Attribute) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return str(value)
