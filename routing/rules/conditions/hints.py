"""Closest names, for messages about names that do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the name that is meant, ``None`` when none is close."""
    folded = {_folded(each): each for each in reversed(list(known))}
    close = get_close_matches(_folded(name), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_")


def hint(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean X?", or the names there are when none is close.

    Parameters
    ----------
    known
        All names; at most 12 of them are listed.
    """
    names = list(dict.fromkeys(known))
    meant = closest(name, names)
    if meant is not None:
        return f"; did you mean {meant!r}?"
    if not names:
        return ""
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"; there are {', '.join(names[:12])}{more}"
