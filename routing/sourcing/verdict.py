"""Whether a location may ship a line, and if not, the first reason why."""

from __future__ import annotations

from enum import IntEnum


class Verdict(IntEnum):
    """Verdicts in the order in which they are looked for: the first that fits holds.

    The numbers are internal; the contract's enum has its own.
    """

    ELIGIBLE = 0
    NOT_PICKUP = 1
    NOT_OPEN = 2
    CHANNEL = 3
    EXCLUDED = 4
    NOT_ALLOWED = 5
    RULE = 6
    CAPACITY = 7
    NOT_STOCKED = 8
    OUT_OF_STOCK = 9
    SHORT = 10
    SHELF_LIFE = 11
    NO_RATE = 12
    TOO_LARGE = 13
    TOO_LATE = 14
