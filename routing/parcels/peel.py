"""Packing of many pieces: fill parcels up to promising weights, repeat, compare.

A heuristic whose answer is compared with the tariff's fluid bound; it is used
where the lattice of sub-multisets is too large to search.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.parcels.packing import PieceTypes, parcel_cost_minor
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]

Pattern = tuple[tuple[int, ...], int]
"""Pieces of each type in a parcel, and how many such parcels."""

_MOST_TARGETS = 40
_UNLIMITED_NL = int(np.iinfo(np.int64).max // 8)


def _fill(pieces: PieceTypes, counts: Int64, limit_ug: int, limit_nl: int) -> Int64:
    """Fill one parcel, heaviest pieces first, up to a weight and a volume."""
    taken = np.zeros_like(counts)
    room_ug, room_nl = limit_ug, limit_nl
    for piece in np.argsort(-pieces.weight_ug, kind="stable").tolist():
        number = int(counts[piece])
        if pieces.weight_ug[piece] > 0:
            number = min(number, room_ug // int(pieces.weight_ug[piece]))
        if pieces.volume_nl[piece] > 0:
            number = min(number, room_nl // int(pieces.volume_nl[piece]))
        taken[piece] = number
        room_ug -= number * int(pieces.weight_ug[piece])
        room_nl -= number * int(pieces.volume_nl[piece])
    return taken


def _cost(tariff: Tariff, parcel_minor: int, pieces: PieceTypes, taken: Int64) -> int:
    weight = np.array([int(taken @ pieces.weight_ug)], dtype=np.int64)
    volume = np.array([int(taken @ pieces.volume_nl)], dtype=np.int64)
    return int(parcel_cost_minor(tariff, parcel_minor, weight, volume)[0])


def peel(
    tariff: Tariff,
    parcel_minor: int,
    pieces: PieceTypes,
    counts: Int64,
    limit_ug: int,
    limit_nl: int,
) -> tuple[int, list[Pattern]]:
    """Pack everything with parcels of at most the given weight and volume.

    Returns
    -------
    cost, patterns
        ``(NO_PRICE, [])`` when some piece fits no parcel of that size.
    """
    left = counts.copy()
    total = 0
    patterns: list[Pattern] = []
    while left.any():
        taken = _fill(pieces, left, limit_ug, limit_nl)
        if not taken.any():
            return NO_PRICE, []
        cost = _cost(tariff, parcel_minor, pieces, taken)
        if cost >= NO_PRICE:
            return NO_PRICE, []
        used = taken > 0
        times = int((left[used] // taken[used]).min())
        total += cost * times
        patterns.append((tuple(taken.tolist()), times))
        left = left - taken * times
    return total, patterns


def targets_ug(tariff: Tariff, weight_ug: int) -> list[int]:
    """Return parcel weights worth filling up to, heaviest first.

    The steps up to the total weight; when there are many, the heaviest, those with the
    least price per weight, and those nearest to an even division.
    """
    limits = tariff.limit_ug
    keep = np.flatnonzero(tariff.price_minor < NO_PRICE)
    if keep.size > _MOST_TARGETS:
        rate = tariff.price_minor[keep] / limits[keep]
        even = np.searchsorted(limits, [-(-weight_ug // parts) for parts in range(1, 9)])
        chosen = set(keep[np.argsort(rate, kind="stable")[:16]].tolist())
        chosen |= set(np.clip(even, 0, limits.size - 1).tolist()) | {int(keep[-1])}
        keep = np.array(sorted(chosen), dtype=np.int64)
    return sorted({int(limit) for limit in limits[keep]}, reverse=True)


def volume_limits_nl(tariff: Tariff) -> list[int]:
    """Return parcel volumes worth stopping at: unlimited, or where dimensional weight bites."""
    rule = tariff.dimensional
    if rule is None:
        return [_UNLIMITED_NL]
    heaviest = int(tariff.max_weight_ug / rule.ug_per_nl)
    return sorted({max(rule.threshold_nl, 1), max(rule.threshold_nl, heaviest, 1)})


def best_peel(
    tariff: Tariff, parcel_minor: int, pieces: PieceTypes, counts: Int64
) -> tuple[int, list[Pattern]]:
    """Return the cheapest `peel` over all `targets_ug`; ``(NO_PRICE, [])`` if none works."""
    best: tuple[int, list[Pattern]] = (NO_PRICE, [])
    weight = int(counts @ pieces.weight_ug)
    for volume in volume_limits_nl(tariff):
        for target in targets_ug(tariff, weight):
            found = peel(tariff, parcel_minor, pieces, counts, target, volume)
            if found[0] < best[0]:
                best = found
    return best
