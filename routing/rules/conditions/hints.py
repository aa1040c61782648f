"""Closest names, for messages about names that do not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def hint(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean X?", or the names there are when none is close.

    Parameters
    ----------
    known
        All names; at most 12 of them are listed.
    """
    names = list(dict.fromkeys(known))
    folded = {each.casefold().replace("-", "_"): each for each in reversed(names)}
    close = get_close_matches(name.casefold().replace("-", "_"), folded, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {folded[close[0]]!r}?"
    if not names:
        return ""
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"; there are {', '.join(names[:12])}{more}"
