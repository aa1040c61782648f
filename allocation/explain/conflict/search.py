"""The search for a smallest set of obstacles, whatever they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from allocation.explain.conflict.hitting_set import smallest_hitting_set

Filled = Callable[[frozenset[int]], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """Obstacles by number.

    Attributes
    ----------
    smallest
        Whether no smaller set would do, proven.
    """

    obstacles: frozenset[int]
    smallest: bool


def smallest_obstacles(count: int, fills: Filled, has_time: Callable[[], bool]) -> Found | None:
    """Return a smallest set of obstacles without which the line is filled.

    Parameters
    ----------
    count
        Obstacles are numbered from 0; of equally small sets one with smaller numbers is found.
    fills
        Whether the line is filled without some obstacles. Without more of them it is filled
        if it is without fewer.
    has_time
        Whether there is time for more; without it the set may not be the smallest, but none of
        it can be left.

    Returns
    -------
    Found or None
        ``None`` when the line is not filled without all of them either.
    """
    everything = frozenset(range(count))
    asked: dict[frozenset[int], bool] = {}

    def ask(without: frozenset[int]) -> bool:
        if without not in asked:
            asked[without] = fills(without)
        return asked[without]

    if not ask(everything):
        return None
    enough = _needed(everything, ask)
    cores: list[frozenset[int]] = []
    while has_time():
        hit = smallest_hitting_set(cores)
        if ask(hit):
            return Found(hit, smallest=True)
        if len(hit) == len(enough):
            return Found(enough, smallest=True)
        cores.append(everything - _most_that_fails(hit, everything, ask))
    return Found(enough, smallest=False)


def _needed(everything: frozenset[int], ask: Filled) -> frozenset[int]:
    """Return a set that fills the line, and of which nothing can be left out."""
    kept = everything
    for number in sorted(everything, reverse=True):
        if ask(kept - {number}):
            kept -= {number}
    return kept


def _most_that_fails(
    start: frozenset[int], everything: frozenset[int], ask: Filled
) -> frozenset[int]:
    """Return a set that does not fill the line, and does with whatever is added.

    So every set that fills it has something outside of this one.
    """
    grown = start
    for number in sorted(everything - start, reverse=True):
        if not ask(grown | {number}):
            grown |= {number}
    return grown
