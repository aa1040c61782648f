"""Choosing by units: a line may come from several locations, each giving what it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.demo.policies import by_distance
from allocation.demo.policy_terms import Choice, Levels, Place, Want

_FAR_M: Final = 40_000_000
"""Stands for an unknown distance: further than any two places are apart."""

Int64 = NDArray[np.int64]


def take_in_order(
    wants: Sequence[Want], levels: Levels, places: Sequence[Place]
) -> tuple[Choice, ...]:
    """Ask one place after the other; each gives what it has of every line still open."""
    stock = {item: dict(by_location) for item, by_location in levels.items()}
    still_open = [want.quantity for want in wants]
    choices = []
    for place in places:
        for number, want in enumerate(wants):
            here = stock.get(want.item_id, {})
            taken = min(still_open[number], here.get(place.location_id, 0))
            if taken > 0:
                still_open[number] -= taken
                here[place.location_id] -= taken
                choices.append(Choice(want.line_id, place.location_id, taken))
        if not any(still_open):
            break
    return tuple(choices)


def take_nearest_first(
    wants: Sequence[Want], levels: Levels, places: Sequence[Place]
) -> tuple[Choice, ...]:
    """Ask the places from near to far; ties in the sequence of `places`."""
    return take_in_order(wants, levels, by_distance(places))


def fewest_splits(
    wants: Sequence[Want], levels: Levels, places: Sequence[Place]
) -> tuple[Choice, ...]:
    """Use the smallest set of places whose stock together fills all that can be filled.

    Of equally small sets the one with the least sum of distances wins, then the one whose
    places come first from near to far. Within the set the nearest gives what it has first.
    Exact: every set is tried that could win.
    """
    near_first = by_distance(places)
    demand: dict[str, int] = {}
    for want in wants:
        demand[want.item_id] = demand.get(want.item_id, 0) + want.quantity
    asked = np.array(list(demand.values()), dtype=np.int64)
    have = np.array(
        [[levels.get(item, {}).get(each.location_id, 0) for each in near_first] for item in demand],
        dtype=np.int64,
    ).reshape(len(demand), len(near_first))
    distance_m = np.array(
        [_FAR_M if each.distance_m is None else each.distance_m for each in near_first],
        dtype=np.int64,
    )
    needed = np.minimum(asked, have.sum(axis=1))
    chosen = smallest_set(np.minimum(have, needed[:, None]), needed, distance_m)
    return take_in_order(wants, levels, [near_first[number] for number in chosen])


def smallest_set(have: Int64, needed: Int64, distance_m: Int64) -> tuple[int, ...]:
    """Return the columns of the best set; see `fewest_splits`.

    Parameters
    ----------
    have
        ``[items, places]``: units, at most `needed`; places from near to far.
    needed
        ``[items]``: units, together never more than all places have.
    distance_m
        ``[places]``: ascending.
    """
    if not needed.any():
        return ()
    for size in range(1, have.shape[1] + 1):
        kept = _worth_trying(have, size)
        found = _best_set(have[:, kept], needed, distance_m[kept], size, None)
        if found is not None:
            return tuple(int(kept[number]) for number in found[1])
    raise ValueError("more is needed than all places have together")


def _worth_trying(have: Int64, size: int) -> NDArray[np.intp]:
    """Drop a place if `size` nearer ones have as much of everything: one of them is free."""
    kept = [
        number
        for number in range(have.shape[1])
        if have[:, number].any()
        and (have[:, :number] >= have[:, number, None]).all(axis=0).sum() < size
    ]
    return np.array(kept, dtype=np.intp)


def _best_set(
    have: Int64, needed: Int64, distance_m: Int64, size: int, limit_m: int | None
) -> tuple[int, tuple[int, ...]] | None:
    """Return (sum of distances below the limit, columns) of the best set of that size."""
    if size == 1:
        enough = (have >= needed[:, None]).all(axis=0)
        first = int(enough.argmax()) if enough.any() else -1
        if first < 0 or (limit_m is not None and distance_m[first] >= limit_m):
            return None
        return int(distance_m[first]), (first,)
    best: tuple[int, tuple[int, ...]] | None = None
    for number in range(have.shape[1] - size + 1):
        here_m = int(distance_m[number])
        if limit_m is not None and here_m * size >= limit_m:
            break
        rest = np.maximum(needed - have[:, number], 0)
        tail = have[:, number + 1 :]
        if (np.partition(tail, -(size - 1), axis=1)[:, -(size - 1) :].sum(axis=1) < rest).any():
            continue
        left_m = None if limit_m is None else limit_m - here_m
        found = _best_set(tail, rest, distance_m[number + 1 :], size - 1, left_m)
        if found is not None:
            columns = (number, *(number + 1 + each for each in found[1]))
            best = (here_m + found[0], columns)
            limit_m = best[0]
    return best
