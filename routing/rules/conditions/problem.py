"""What can be wrong with a condition."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, and the characters of the condition before it."""

    offset: int
    message: str
