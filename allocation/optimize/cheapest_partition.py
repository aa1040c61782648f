"""The cheapest way to divide a handful of lines into shipments, some of them left out."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

_COUNTS_KEPT: Final = 5


def cheapest_partition(part: list[int], left_out: list[int], first_is_free: int) -> list[int]:
    """Return the sets that a cheapest plan ships, each in a shipment of its own.

    Sets are numbered by their members: bit ``i`` stands for line ``i``.

    Parameters
    ----------
    part
        Value of each set as one shipment; huge where it cannot be. Entry 0 is not read.
    left_out
        Value of leaving out each line.
    first_is_free
        Part of every shipment's value that one of them is spared.
    """
    rest, taken = [0], [0]
    for number, (line, splits) in enumerate(_splits(len(left_out)), start=1):
        best, choice = left_out[line] + rest[number & (number - 1)], 0
        for one in splits:
            value = part[one] + rest[number ^ one]
            if value < best:
                best, choice = value, one
        rest.append(best)
        taken.append(choice)
    everything = len(part) - 1
    value, first = min((part[one] + rest[everything ^ one], -one) for one in range(1, len(part)))
    if value - first_is_free >= sum(left_out):
        return []
    chosen = [-first]
    left = everything ^ -first
    while left:
        one = taken[left]
        if one:
            chosen.append(one)
        left ^= one or left & -left
    return chosen


@lru_cache(maxsize=_COUNTS_KEPT)
def _splits(count: int) -> list[tuple[int, list[int]]]:
    """Return per set, from 1 on, its lowest line and its subsets with that line, large first."""
    found = []
    for number in range(1, 1 << count):
        lowest = number & -number
        subsets = [one for one in range(number, 0, -1) if one & number == one and one & lowest]
        found.append((lowest.bit_length() - 1, subsets))
    return found
