"""The smallest set of locations that fills as many lines as can be filled whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allocation.demo.policy_terms import Levels, Place, Want

MAX_LINES: Final = 16
_FAR_M: Final = 40_000_000
"""Stands for an unknown distance: further than any two places are apart."""


def fewest_locations(
    wants: Sequence[Want], levels: Levels, places: Sequence[Place]
) -> tuple[Place, ...]:
    """Return the best set of places, in the order of `places`.

    Best is: most lines filled, then fewest places, then least sum of distances, then the set
    that comes first in `places`. Exact, by dynamic programming over sets of lines: every place
    adds the set of lines it can ship whole, and of all ways to one set the best is kept.

    Parameters
    ----------
    wants
        At most `MAX_LINES` lines. When several ask for one item, a place counts as able to ship
        the first of them, in their order, that its stock allows.
    levels
        Available increments.
    places
        Candidates; the order decides ties.

    Raises
    ------
    ValueError
        If there are more than `MAX_LINES` lines.
    """
    if len(wants) > MAX_LINES:
        raise ValueError(f"{len(wants)} lines; the exact choice holds at most {MAX_LINES}")
    best: dict[int, tuple[int, int, tuple[int, ...]]] = {0: (0, 0, ())}
    for number, place in enumerate(places):
        cover = _cover(wants, levels, place)
        distance_m = _FAR_M if place.distance_m is None else place.distance_m
        for filled, (count, total_m, used) in list(best.items()):
            reached = filled | cover
            if reached == filled:
                continue
            way = (count + 1, total_m + distance_m, (*used, number))
            if reached not in best or way < best[reached]:
                best[reached] = way
    filled = min(best, key=lambda each: (-each.bit_count(), best[each]))
    return tuple(places[number] for number in best[filled][2])


def _cover(wants: Sequence[Want], levels: Levels, place: Place) -> int:
    """Return the lines that a place can ship whole together, as bits."""
    used: dict[str, int] = {}
    cover = 0
    for bit, want in enumerate(wants):
        needed = used.get(want.item_id, 0) + want.quantity
        if levels.get(want.item_id, {}).get(place.location_id, 0) >= needed:
            used[want.item_id] = needed
            cover |= 1 << bit
    return cover
