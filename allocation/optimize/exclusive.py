"""Partition with every location used at most once: one location after the other.

``best_k[v] = min over p <= v of (best_{k-1}[v - p] + value_k[p])`` over the locations
that can still matter. A location matters only if the best plan that uses it, bounded by
the relaxed partition of the rest, is better than a plan already known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from routing.parcels.partition import INFINITE, pairs_of, partition

if TYPE_CHECKING:
    from allocation.optimize.set_search import Found, SetSearch

Int64 = NDArray[np.int64]

_MOST_SUMS = 60_000_000


def exclusive_parts(
    search: SetSearch,
    part: Int64,
    scalars: Int64,
    rest: Int64,
    left_out: Int64 | None,
    *,
    at_most: int,
    most: int,
) -> Found | None:
    """Return the best plan with several shipments, each from a location of its own.

    Parameters
    ----------
    search
        Owns tables and limits.
    part
        int64 ``[s]``: least scalar of each vector where several shipments are allowed.
    scalars
        int64 ``[c, s]``: by class.
    rest
        int64 ``[s]``: relaxed partition.
    left_out
        int64 ``[a]`` or ``None``.
    at_most
        Only plans with a smaller value are of interest.
    most
        Most shipments.

    Returns
    -------
    Found or None
        A plan without shipments if none is better than `at_most`; ``None`` if the
        search would be too long.
    """
    from allocation.optimize.set_search import Found, Part  # noqa: PLC0415 - cycle of two halves

    tables = search.tables
    shape = tables.lattice.shape
    free = search._first_is_free  # noqa: SLF001
    values = _location_values(search, part, scalars)
    useful = [
        (location, value, lane)
        for location, value, lane in values
        if int((value + rest[::-1]).min()) - free < at_most
    ]
    pairs = pairs_of(shape)
    most = min(most, len(useful))
    if pairs.part.size * max(1, len(useful)) * max(1, most) > _MOST_SUMS:
        return None
    layers = np.full((most + 1, tables.lattice.size), INFINITE, dtype=np.int64)
    layers[0] = partition(shape, np.full_like(part, INFINITE), left_out)
    history = [layers.copy()]
    for _, value, _ in useful:
        for number in range(most, 0, -1):
            total = value[pairs.part] + layers[number - 1][pairs.rest]
            np.minimum(layers[number], np.minimum.reduceat(total, pairs.start), out=layers[number])
        np.minimum(layers, INFINITE, out=layers)
        history.append(layers.copy())
    counts = layers[1:, -1] - free if most else np.zeros(0, dtype=np.int64)
    if counts.size == 0 or int(counts.min()) >= at_most:
        everything = tuple(tables.atoms.count.tolist())
        return Found((), everything, search.nothing, search.nothing)
    number = 1 + int(np.argmin(counts))
    state = tables.lattice.size - 1
    value_found = int(counts[number - 1])
    chosen = []
    for index in range(len(useful) - 1, -1, -1):
        if number == 0 or history[index][number, state] == history[index + 1][number, state]:
            continue
        _, value, lane = useful[index]
        here = slice(pairs.start[state], _end(pairs.start, state, pairs.part.size))
        total = value[pairs.part[here]] + history[index][number - 1][pairs.rest[here]]
        pick = int(np.argmin(total))
        vector = int(pairs.part[here][pick])
        chosen.append(Part(int(lane[vector]), vector))
        state -= vector
        number -= 1
    left = tuple(tables.lattice.vectors[state].tolist())
    return Found(tuple(sorted(chosen, key=lambda each: each.lane)), left, value_found, value_found)


def _end(start: NDArray[np.intp], state: int, size: int) -> int:
    return int(start[state + 1]) if state + 1 < start.size else size


def _location_values(
    search: SetSearch, part: Int64, scalars: Int64
) -> list[tuple[int, Int64, Int64]]:
    """Return (location, least scalar of each vector there, lane that attains it)."""
    allowed = part < INFINITE
    found = []
    locations = np.unique(search.tables.problem.lanes.location)
    for location in locations.tolist():
        best = np.full(part.shape, INFINITE, dtype=np.int64)
        lane_of = np.zeros(part.shape, dtype=np.int64)
        for lane in search.lanes_at(location):
            value = np.where(search.able(lane) & allowed, search.scalar_on(lane, scalars), INFINITE)
            better = value < best
            best = np.where(better, value, best)
            lane_of = np.where(better, lane, lane_of)
        if (best < INFINITE).any():
            found.append((location, best, lane_of))
    return found
