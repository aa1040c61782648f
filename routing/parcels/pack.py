"""The cheapest parcels for what leaves one location on one lane."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.parcels.boxing import Boxing, price_alone
from routing.parcels.lattice import (
    cheapest_parcels,
    lattice_size,
    lattice_vectors,
)
from routing.parcels.packaged import Load, pack_packaged
from routing.parcels.packing import PackedParcel, Packing, PieceTypes, parcel_cost_minor
from routing.parcels.pair import PAIR_LIMIT, best_pair, many_parcels_bound
from routing.parcels.peel import Pattern, best_peel, quick_peel
from routing.parcels.postage import Postage
from routing.parcels.weight_pair import (
    WeightPair,
    best_weight_pair,
    good_weight_triple,
    weight_decides,
)
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]

LATTICE_LIMIT = 2_000
"""Largest number of sub-multisets that are searched exhaustively."""


def pack(
    weight_ug: Int64,
    volume_nl: Int64,
    alone: NDArray[np.bool_],
    counts: Int64,
    tariff: Tariff,
    parcel_minor: int,
    boxing: Boxing | None = None,
    *,
    thorough: bool = True,
) -> Packing | None:
    """Divide pieces into parcels at the least total price.

    Exact when one parcel is proven cheapest, when the number of sub-multisets is at
    most `LATTICE_LIMIT`, or when three parcels are proven too dear and all pairs can be
    looked at: by weight where volume does not count, or sub-multisets of at most
    `PAIR_LIMIT`. Otherwise good, with a true lower bound.

    Parameters
    ----------
    weight_ug, volume_nl, alone
        ``[p]``: of one piece of each type.
    counts
        int64 ``[p]``: pieces to pack, each >= 0.
    tariff
        Prices and limits.
    parcel_minor
        Added to every parcel.
    boxing
        Sizes and cartons; needed where the tariff has packagings.
    thorough
        Whether to look for the best parcels of very many pieces; a few even divisions
        take a tenth of the time.

    Returns
    -------
    Packing or None
        ``None`` when some piece is refused by the carrier at any price.
    """
    if tariff.packagings:
        return _pack_in_packagings(
            weight_ug, volume_nl, alone, counts, tariff, parcel_minor, boxing
        )
    apart = _pack_alone(weight_ug, volume_nl, alone, counts, tariff, parcel_minor)
    if apart is None:
        return None
    rest = np.flatnonzero((counts > 0) & ~alone)
    if rest.size == 0:
        return apart
    shared = _pack_shared(
        PieceTypes(weight_ug[rest], volume_nl[rest]),
        counts[rest],
        tariff,
        parcel_minor,
        thorough=thorough,
    )
    if shared is None:
        return None
    return Packing(
        apart.cost_minor + shared.cost_minor,
        apart.bound_minor + shared.bound_minor,
        _renumber(shared.parcels, rest) + apart.parcels,
    )


def _pack_in_packagings(
    weight_ug: Int64,
    volume_nl: Int64,
    alone: NDArray[np.bool_],
    counts: Int64,
    tariff: Tariff,
    parcel_minor: int,
    boxing: Boxing | None,
) -> Packing | None:
    if boxing is None:
        raise ValueError("a tariff with packagings needs the sizes of what is packed")
    apart = _alone_in_packagings(
        weight_ug, volume_nl, np.where(alone, counts, 0), tariff, parcel_minor, boxing
    )
    together = np.where(alone, 0, counts)
    if apart is None or not together.any():
        return apart
    load = Load(tariff, parcel_minor, boxing, weight_ug, volume_nl, together)
    shared = pack_packaged(load)
    if shared is None:
        return None
    return Packing(
        apart.cost_minor + shared.cost_minor,
        apart.bound_minor + shared.bound_minor,
        shared.parcels + apart.parcels,
    )


def _alone_in_packagings(
    weight_ug: Int64,
    volume_nl: Int64,
    counts: Int64,
    tariff: Tariff,
    parcel_minor: int,
    boxing: Boxing,
) -> Packing | None:
    which = np.flatnonzero(counts)
    if which.size == 0:
        return Packing(0, 0, ())
    priced = price_alone(tariff, boxing, weight_ug, volume_nl)
    if (priced.price_minor[which] >= NO_PRICE).any():
        return None
    total = int(((priced.price_minor[which] + parcel_minor) * counts[which]).sum())
    parcels = tuple(
        PackedParcel(((piece, 1),), int(counts[piece]), int(priced.packaging[piece]))
        for piece in which.tolist()
    )
    return Packing(total, total, parcels)


def _renumber(parcels: tuple[PackedParcel, ...], index: Int64) -> tuple[PackedParcel, ...]:
    return tuple(
        PackedParcel(
            tuple((int(index[piece]), number) for piece, number in parcel.pieces), parcel.count
        )
        for parcel in parcels
    )


def _pack_alone(
    weight_ug: Int64,
    volume_nl: Int64,
    alone: NDArray[np.bool_],
    counts: Int64,
    tariff: Tariff,
    parcel_minor: int,
) -> Packing | None:
    which = np.flatnonzero((counts > 0) & alone)
    if which.size == 0:
        return Packing(0, 0, ())
    cost = parcel_cost_minor(tariff, parcel_minor, weight_ug[which], volume_nl[which])
    if (cost >= NO_PRICE).any():
        return None
    total = int((cost * counts[which]).sum())
    parcels = tuple(PackedParcel(((int(piece), 1),), int(counts[piece])) for piece in which)
    return Packing(total, total, parcels)


def _pack_shared(
    pieces: PieceTypes, counts: Int64, tariff: Tariff, parcel_minor: int, *, thorough: bool
) -> Packing | None:
    weight = int(counts @ pieces.weight_ug)
    volume = int(counts @ pieces.volume_nl)
    price = tariff.price_of_one_minor(weight, volume)
    one = price if price >= NO_PRICE else price + parcel_minor
    if one < NO_PRICE and (
        is_one_parcel_cheapest(tariff, weight, volume)
        or one <= _several_bound(tariff, parcel_minor, weight, volume)
    ):
        return Packing(one, one, (_parcel(counts.tolist(), 1),))
    if lattice_size(counts) <= LATTICE_LIMIT:
        return _pack_exactly(pieces, counts, tariff, parcel_minor)
    if not thorough:
        return _pack_quickly(pieces, counts, tariff, parcel_minor, one)
    return _pack_well(pieces, counts, tariff, parcel_minor, one)


def is_one_parcel_cheapest(tariff: Tariff, weight_ug: int, volume_nl: int) -> bool:
    """Whether no division of this weight and volume can be cheaper than one parcel."""
    rule = tariff.dimensional
    if rule is not None and volume_nl > rule.threshold_nl:
        return False
    return weight_ug <= tariff.subadditive_below_ug


def _several_bound(tariff: Tariff, parcel_minor: int, weight_ug: int, volume_nl: int) -> int:
    """Return a cost that no two or more parcels of that weight and volume undercut."""
    total = np.array([[weight_ug], [volume_nl]], dtype=np.int64)
    return int(Postage(tariff, parcel_minor, weight_ug).several(total[0], total[1])[0])


def _parcel(counts: list[int], times: int) -> PackedParcel:
    return PackedParcel(
        tuple((piece, number) for piece, number in enumerate(counts) if number), times
    )


def _pack_exactly(
    pieces: PieceTypes, counts: Int64, tariff: Tariff, parcel_minor: int
) -> Packing | None:
    vectors = lattice_vectors(counts)
    cost = parcel_cost_minor(
        tariff, parcel_minor, vectors @ pieces.weight_ug, vectors @ pieces.volume_nl
    )
    total, chosen = cheapest_parcels(vectors, cost)
    if total >= NO_PRICE:
        return None
    return Packing(
        total,
        total,
        tuple(
            _parcel(vectors[number].tolist(), chosen.count(number))
            for number in sorted(set(chosen), reverse=True)
        ),
    )


def _pack_quickly(
    pieces: PieceTypes, counts: Int64, tariff: Tariff, parcel_minor: int, one: int
) -> Packing | None:
    """Pack many pieces as one parcel or evenly, with a bound."""
    weight = int(counts @ pieces.weight_ug)
    volume = int(counts @ pieces.volume_nl)
    whole = one, [(tuple(counts.tolist()), 1)]
    cost, patterns = min(
        (whole, quick_peel(tariff, parcel_minor, pieces, counts)), key=lambda each: each[0]
    )
    if cost >= NO_PRICE:
        return _pack_well(pieces, counts, tariff, parcel_minor, one)
    bound = min(cost, _several_bound(tariff, parcel_minor, weight, volume))
    return Packing(cost, bound, tuple(_parcel(list(taken), times) for taken, times in patterns))


def _pack_well(
    pieces: PieceTypes, counts: Int64, tariff: Tariff, parcel_minor: int, one: int
) -> Packing | None:
    """Pack many pieces: as one or two parcels exactly, as more by filling, with a bound."""
    found: list[tuple[int, list[Pattern]]] = [(one, [(tuple(counts.tolist()), 1)])]
    weight = int(counts @ pieces.weight_ug)
    volume = int(counts @ pieces.volume_nl)
    bound = min(one, _several_bound(tariff, parcel_minor, weight, volume))
    by_weight = weight_decides(tariff, volume)
    pair = _best_pair(pieces, counts, tariff, parcel_minor, by_weight=by_weight)
    if pair is not None:
        found.append((pair.cost_minor, _each_once(pair.first, counts - pair.first)))
        more = many_parcels_bound(tariff, parcel_minor, weight)
        bound = max(bound, min(one, pair.bound_minor, more))
    if by_weight and min(cost for cost, _ in found) > bound:
        below = min(cost for cost, _ in found)
        triple = good_weight_triple(tariff, parcel_minor, pieces, counts, below)
        if triple is not None:
            found.append((triple[0], _each_once(*triple[1])))
    if min(cost for cost, _ in found) > bound:
        found.append(best_peel(tariff, parcel_minor, pieces, counts))
    cost, patterns = min(found, key=lambda each: each[0])
    if cost >= NO_PRICE:
        return None
    return Packing(
        cost, min(cost, bound), tuple(_parcel(list(taken), times) for taken, times in patterns)
    )


def _best_pair(
    pieces: PieceTypes, counts: Int64, tariff: Tariff, parcel_minor: int, *, by_weight: bool
) -> WeightPair | None:
    """Return the cheapest two parcels; ``None`` if out of reach."""
    if by_weight:
        pair = best_weight_pair(tariff, parcel_minor, pieces, counts)
        if pair is not None:
            return pair
    if lattice_size(counts) > PAIR_LIMIT:
        return None
    cost, first = best_pair(tariff, parcel_minor, pieces, counts)
    return WeightPair(cost, cost, first)


def _each_once(*parcels: Int64) -> list[Pattern]:
    return [(tuple(taken.tolist()), 1) for taken in parcels]
