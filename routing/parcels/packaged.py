"""The cheapest parcels where packagings decide: cartons, and things sent as they are.

Few pieces are packed exactly. What one parcel of each sub-multiset costs at least is known
from bounds; the cheapest division at those prices is looked for, its parcels are really
packed, and where one does not fit, its price is corrected and the search goes on. So only
the few contents that matter are ever placed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.parcels.boxing import Boxing
from routing.parcels.fill import Filler
from routing.parcels.fit.oracle import FitStatus
from routing.parcels.fit.solids import Placement
from routing.parcels.lattice import cheapest_parcels, lattice_size, lattice_vectors
from routing.parcels.packing import PackedParcel, Packing
from routing.rating.packaging import NO_CARTON
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]

LATTICE_LIMIT: Final = 2_000
"""Largest number of sub-multisets that are searched exhaustively."""


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """What is to be packed on one tariff.

    Attributes
    ----------
    tariff
        With packagings.
    parcel_minor
        Added to every parcel.
    boxing
        Sizes of all kinds of pieces, and cartons.
    weight_ug, volume_nl
        int64 ``[p]``: of one piece of each kind.
    counts
        int64 ``[p]``: pieces that may share parcels, not all 0.
    """

    tariff: Tariff
    parcel_minor: int
    boxing: Boxing
    weight_ug: Int64
    volume_nl: Int64
    counts: Int64


def pack_packaged(load: Load) -> Packing | None:
    """Divide pieces into parcels at the least total price.

    Exact when the number of sub-multisets is at most `LATTICE_LIMIT` and every question of
    fit that mattered was answered; otherwise good, with a true lower bound.

    Returns
    -------
    Packing or None
        ``None`` when some piece is refused at any price.
    """
    if lattice_size(load.counts) > LATTICE_LIMIT:
        filler = Filler(load.tariff, load.parcel_minor, load.boxing, load.weight_ug, load.volume_nl)
        return filler.best(load.counts)
    return _Lattice(load).solve()


class _Lattice:
    """All sub-multisets with what one parcel of each costs, as far as is known."""

    def __init__(self, load: Load) -> None:
        self._load = load
        used = np.flatnonzero(load.counts)
        self._vectors = lattice_vectors(load.counts[used])
        self._contents = np.zeros((self._vectors.shape[0], load.counts.size), dtype=np.int64)
        self._contents[:, used] = self._vectors
        weight = self._contents @ load.weight_ug
        volume = self._contents @ load.volume_nl
        self._prices = np.stack(
            [
                np.full(weight.size, NO_PRICE, dtype=np.int64)
                if packaging.alone_only
                else np.where(
                    load.boxing.takes(packaging, self._contents, weight, volume),
                    packaging.price(weight, volume),
                    NO_PRICE,
                )
                for packaging in load.tariff.packagings
            ]
        )

    def solve(self) -> Packing | None:
        """Return the best packing; what is not known to fit is first let pass, for the bound."""
        bound = self._settle(let_pass=True)
        if bound is None:
            return None
        best = self._settle(let_pass=False)
        if best is None:
            return None
        total, parcels = best
        return Packing(total, min(total, bound[0]), parcels)

    def _settle(self, *, let_pass: bool) -> tuple[int, tuple[PackedParcel, ...]] | None:
        while True:
            cost = self._prices.min(axis=0)
            cost = np.where(cost < NO_PRICE, cost + self._load.parcel_minor, NO_PRICE)
            total, chosen = cheapest_parcels(self._vectors, cost)
            if total >= NO_PRICE:
                return None
            parcels = self._packed(chosen, let_pass=let_pass)
            if parcels is not None:
                return total, parcels

    def _packed(self, chosen: list[int], *, let_pass: bool) -> tuple[PackedParcel, ...] | None:
        """Return the parcels; ``None`` after prices were corrected, for one does not fit."""
        packed = []
        for number in sorted(set(chosen), reverse=True):
            which = int(np.argmin(self._prices[:, number]))
            placements: tuple[Placement, ...] = ()
            carton = self._load.tariff.packagings[which].carton
            if carton != NO_CARTON:
                counts = tuple(self._contents[number].tolist())
                found = self._load.boxing.fit(carton, counts)
                if found.status is not FitStatus.FITS and not (
                    let_pass and found.status is FitStatus.NOT_KNOWN
                ):
                    self._rule_out(which, number, found.status)
                    return None
                placements = found.placements
            packed.append(
                PackedParcel(
                    tuple(
                        (piece, count)
                        for piece, count in enumerate(self._contents[number].tolist())
                        if count
                    ),
                    chosen.count(number),
                    which,
                    placements,
                )
            )
        return tuple(packed)

    def _rule_out(self, which: int, number: int, status: FitStatus) -> None:
        """Take a packaging from contents: and from all that hold them, where that is proven."""
        if status is FitStatus.NOT_KNOWN:
            self._prices[which, number] = NO_PRICE
            return
        holds = (self._vectors >= self._vectors[number]).all(axis=1)
        self._prices[which, holds] = NO_PRICE
