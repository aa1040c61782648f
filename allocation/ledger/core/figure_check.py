"""What is wrong with a figure by itself."""

from __future__ import annotations

from allocation.ledger.level import MOST_INCREMENTS
from routing.errors import Violation


def figure_violations(
    path: str, figure: int, least: int = 1, most: int = MOST_INCREMENTS
) -> list[Violation]:
    """Return what is wrong with a figure that is to be within [`least`, `most`]."""
    if least <= figure <= most:
        return []
    return [Violation(path, f"{figure} is not within [{least}, {most}]")]
