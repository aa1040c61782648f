"""Packing of many pieces: fill parcels up to promising weights, repeat, compare.

A heuristic whose answer is compared with the tariff's fluid bound; it is used
where the lattice of sub-multisets is too large to search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.parcels.packing import PieceTypes
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]

Pattern = tuple[tuple[int, ...], int]
"""Pieces of each type in a parcel, and how many such parcels."""

_MOST_TARGETS = 40
_UNLIMITED_NL = int(np.iinfo(np.int64).max // 8)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type of piece, by its index."""

    piece: int
    weight_ug: int
    volume_nl: int


def _heaviest_first(pieces: PieceTypes, counts: Int64) -> list[_Kind]:
    order = np.argsort(-pieces.weight_ug, kind="stable").tolist()
    weight, volume = pieces.weight_ug.tolist(), pieces.volume_nl.tolist()
    return [_Kind(piece, weight[piece], volume[piece]) for piece in order if counts[piece]]


def _fill(
    kinds: list[_Kind], left: list[int], limit_ug: int, limit_nl: int
) -> tuple[list[int], int, int]:
    """Fill one parcel up to a weight and a volume; return pieces of each type, and both."""
    taken = [0] * len(left)
    room_ug, room_nl = limit_ug, limit_nl
    for kind in kinds:
        number = left[kind.piece]
        if not number:
            continue
        if kind.weight_ug > 0:
            number = min(number, room_ug // kind.weight_ug)
        if kind.volume_nl > 0:
            number = min(number, room_nl // kind.volume_nl)
        taken[kind.piece] = number
        room_ug -= number * kind.weight_ug
        room_nl -= number * kind.volume_nl
    return taken, limit_ug - room_ug, limit_nl - room_nl


def peel(
    tariff: Tariff,
    parcel_minor: int,
    pieces: PieceTypes,
    counts: Int64,
    limit_ug: int,
    limit_nl: int,
    below: int = NO_PRICE,
) -> tuple[int, list[Pattern]]:
    """Pack everything with parcels of at most the given weight and volume.

    Parameters
    ----------
    below
        What costs as much is given up.

    Returns
    -------
    cost, patterns
        ``(NO_PRICE, [])`` when some piece fits no parcel of that size.
    """
    kinds, left = _heaviest_first(pieces, counts), counts.tolist()
    total = 0
    patterns: list[Pattern] = []
    while any(left):
        taken, weight, volume = _fill(kinds, left, limit_ug, limit_nl)
        if not any(taken):
            return NO_PRICE, []
        price = tariff.price_of_one_minor(weight, volume)
        if price >= NO_PRICE:
            return NO_PRICE, []
        times = min(have // used for have, used in zip(left, taken, strict=True) if used)
        total += (price + parcel_minor) * times
        if total >= below:
            return NO_PRICE, []
        patterns.append((tuple(taken), times))
        left = [have - times * used for have, used in zip(left, taken, strict=True)]
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
        chosen = set(keep[np.argsort(rate, kind="stable")[:16]].tolist())
        chosen |= _even(tariff, weight_ug) | {int(keep[-1])}
        keep = np.array(sorted(chosen), dtype=np.int64)
    return sorted({int(limit) for limit in limits[keep]}, reverse=True)


def _even(tariff: Tariff, weight_ug: int) -> set[int]:
    """Return the steps of parcels that a total weight is evenly divided into."""
    even = np.searchsorted(tariff.limit_ug, [-(-weight_ug // parts) for parts in range(1, 9)])
    found: list[int] = np.clip(even, 0, tariff.limit_ug.size - 1).tolist()
    return set(found)


def quick_peel(
    tariff: Tariff, parcel_minor: int, pieces: PieceTypes, counts: Int64
) -> tuple[int, list[Pattern]]:
    """Return the cheapest `peel` up to even divisions; ``(NO_PRICE, [])`` if none works."""
    steps = _even(tariff, int(counts @ pieces.weight_ug)) | {tariff.limit_ug.size - 1}
    volume = volume_limits_nl(tariff)[0]
    best: tuple[int, list[Pattern]] = (NO_PRICE, [])
    # Fewer parcels are packed sooner, and mostly cheaper.
    for step in sorted(steps, reverse=True):
        limit = int(tariff.limit_ug[step])
        found = peel(tariff, parcel_minor, pieces, counts, limit, volume, below=best[0])
        if found[0] < best[0]:
            best = found
    return best


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
            found = peel(tariff, parcel_minor, pieces, counts, target, volume, below=best[0])
            if found[0] < best[0]:
                best = found
    return best
