"""Policies that rank locations and look at no price: what simple systems do.

Each location then ships with its cheapest service, in its cheapest parcels, which is kinder
than such systems are. A line stays whole unless the problem allows splitting it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from bench.contenders.offers import most_by_lane
from bench.contenders.scope import line_items
from routing.sourcing.problem import SourcingProblem

Contents = dict[int, dict[int, int]]
"""Location to line to increments."""


def nearest(problem: SourcingProblem) -> Contents:
    """Give each line to the closest location that has it."""
    return _in_sequence(problem, _by_distance(problem))


def ranked(problem: SourcingProblem) -> Contents:
    """Give each line to the first location of the merchant's list that has it."""
    return _in_sequence(problem, list(range(problem.n_locations)))


def fewest(problem: SourcingProblem) -> Contents:
    """Open the location that fills the most units of what is left, the closest of equals."""
    book = _Book(problem)
    sequence = _by_distance(problem)
    while sequence:
        fills = [sum(book.fill(location).values()) for location in sequence]
        best = int(np.argmax(fills))
        if not fills[best]:
            break
        book.take(sequence.pop(best))
    return book.contents


def _in_sequence(problem: SourcingProblem, sequence: list[int]) -> Contents:
    book = _Book(problem)
    for location in sequence:
        if not any(book.left):
            break
        book.take(location)
    return book.contents


def _by_distance(problem: SourcingProblem) -> list[int]:
    location, first = np.unique(problem.lanes.location, return_index=True)
    distance_m = problem.lanes.distance_m[first]
    ordered: list[int] = location[np.lexsort((location, distance_m))].tolist()
    return ordered


class _Book:
    """What is left of the order while one location after the other takes its share."""

    def __init__(self, problem: SourcingProblem) -> None:
        self.contents: Contents = {}
        self.left: list[int] = problem.lines.demand.tolist()
        self._whole = not problem.limits.line_split
        self._items = line_items(problem).tolist()
        self._available = problem.available
        first = dict(zip(*np.unique(problem.lanes.location, return_index=True), strict=True))
        self._lane = {int(location): int(lane) for location, lane in first.items()}
        self._most = most_by_lane(problem)

    def fill(self, location: int) -> dict[int, int]:
        """Return the increments of each line that the location can ship of what is left."""
        stock: dict[int, int] = {}
        filled = {}
        for line, wanted in enumerate(self.left):
            item = self._items[line]
            here = stock.setdefault(item, int(self._available[item, location]))
            number = min(wanted, here, int(self._most[line, self._lane[location]]))
            if number and (number == wanted or not self._whole):
                filled[line] = number
                stock[item] -= number
        return filled

    def take(self, location: int) -> None:
        """Let the location ship what it can."""
        filled = self.fill(location)
        if filled:
            self.contents[location] = filled
            for line, number in filled.items():
                self.left[line] -= number


RANKERS: Final[Mapping[str, Callable[[SourcingProblem], Contents]]] = MappingProxyType(
    {"nearest": nearest, "fewest": fewest, "ranked": ranked}
)
"""Name in the output to policy."""
