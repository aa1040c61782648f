"""Smallest sets that have something in common with each of several sets."""

from __future__ import annotations

from collections.abc import Sequence


def smallest_hitting_set(sets: Sequence[frozenset[int]]) -> frozenset[int]:
    """Return a smallest set that meets each of `sets`; of several always the same one.

    Parameters
    ----------
    sets
        None of them empty.
    """
    for size in range(len(sets) + 1):
        found = _hit(sets, size, frozenset())
        if found is not None:
            return found
    raise ValueError("an empty set cannot be met")


def _hit(
    sets: Sequence[frozenset[int]], size: int, chosen: frozenset[int]
) -> frozenset[int] | None:
    missed = [each for each in sets if not each & chosen]
    if not missed:
        return chosen
    if size == 0:
        return None
    # Whatever the answer is, it meets the smallest of them: few branches.
    fewest: frozenset[int] = min(missed, key=_size_then_elements)
    for element in sorted(fewest):
        found = _hit(missed, size - 1, chosen | {element})
        if found is not None:
            return found
    return None


def _size_then_elements(elements: frozenset[int]) -> tuple[int, list[int]]:
    return len(elements), sorted(elements)
