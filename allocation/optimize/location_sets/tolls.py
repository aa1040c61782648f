"""Divide a demand by weight where places take so many increments only.

A toll on every increment at the first place moves increments away from it (or, negative,
towards it). The least division with the toll, less the toll of as many increments as there
may be, is a bound for every toll; divisions within the limits are met on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.location_sets.match import REST, Division, WeightMatch
from allocation.optimize.location_sets.scalars import INFINITE

Int64 = NDArray[np.int64]

_MOST_TOLLS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Divided:
    """A division in two, and what is known of all others.

    Attributes
    ----------
    bound
        No division within the limits has a lower scalar.
    scalar
        Of the division; above the bound where a better one is not excluded.
    vector
        int64 ``[a]``: what the first place takes; ``None`` if no division was found.
    """

    bound: int
    scalar: int
    vector: Int64 | None


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """The increments that the first place may take: the others have to be able to take the rest."""

    least: int
    most: int


def divided(match: WeightMatch, task: Division, below: int) -> Divided | None:
    """Return a good division between the first place and others; ``None`` if none is `below`.

    Parameters
    ----------
    match
        Divides without regard to increments.
    """
    limits = _limits(match, task)
    if limits.least > limits.most:
        return None
    found = match.best(task, below)
    if found is None:
        return None
    taken = _increments(match, found[1])
    if limits.least <= taken <= limits.most:
        return Divided(found[0], found[0], found[1])
    return _with_tolls(match, task, below, limits, found)


def _limits(match: WeightMatch, task: Division) -> Limits:
    total = int(match.model.contents.units @ task.demand)
    room = [_room(match, place, total) for place in task.others]
    return Limits(total - sum(room), _room(match, task.first, total))


def _room(match: WeightMatch, place: int, total: int) -> int:
    if place == REST:
        return total
    model = match.model
    return min(total, int(model.problem.limits.location_units[model.places.location[place]]))


def _increments(match: WeightMatch, vector: Int64) -> int:
    return int(match.model.contents.units @ vector)


def _with_tolls(
    match: WeightMatch,
    task: Division,
    below: int,
    limits: Limits,
    found: tuple[int, Int64],
) -> Divided | None:
    """Look for the toll at which the first place takes just as much as it may."""
    sign, limit = 1, limits.most
    if _increments(match, found[1]) < limits.least:
        sign, limit = -1, limits.least
    bound, best = found[0], Divided(found[0], INFINITE, None)
    low, high, toll = 0, INFINITE, max(1, abs(found[0]) // (4 * max(1, int(task.demand.sum()))))
    for _ in range(_MOST_TOLLS):
        least = match.best(task, below + sign * toll * limit, sign * toll)
        if least is None:
            return None
        bound = max(bound, least[0] - sign * toll * limit)
        taken = _increments(match, least[1])
        scalar = least[0] - sign * toll * taken
        if limits.least <= taken <= limits.most and scalar < best.scalar:
            best = Divided(bound, scalar, least[1])
        if sign * (taken - limit) > 0:
            low = toll
        else:
            high = toll
        toll = 2 * toll if high == INFINITE else (low + high) // 2
        if toll == low or bound >= best.scalar:
            break
    return Divided(min(bound, best.scalar), best.scalar, best.vector)
