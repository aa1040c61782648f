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
from routing.parcels.partition import pair_count
from routing.rating.packaging import NO_CARTON
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]
Found = tuple[int, tuple[PackedParcel, ...]]
"""Cost and parcels."""

LATTICE_LIMIT: Final = 20_000
"""Largest number of sub-multisets that are searched exhaustively."""
SUMS_LIMIT: Final = 400_000
"""Most sums of one such search; see `routing.parcels.partition.pair_count`."""
_MOST_ROUNDS: Final = 60


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

    def held(self) -> tuple[tuple[int, int], ...]:
        """Return everything as the contents of a parcel."""
        return tuple(
            (piece, int(self.counts[piece])) for piece in np.flatnonzero(self.counts).tolist()
        )

    def several_bound_minor(self) -> int:
        """Return a cost that no division into two or more parcels undercuts."""
        if self.tariff.bound is None:
            return NO_PRICE
        bound = self.tariff.bound.at_least(
            np.array([int(self.counts @ self.weight_ug)]),
            np.array([int(self.counts @ self.boxing.solid_nl)]),
            self.parcel_minor,
            several=True,
        )
        return int(bound[0])


def pack_packaged(load: Load) -> Packing | None:
    """Divide pieces into parcels at the least total price.

    Exact when one parcel is proven cheapest, or the number of sub-multisets is at most
    `LATTICE_LIMIT`, and every question of fit that mattered was answered; otherwise good,
    with a true lower bound.

    Returns
    -------
    Packing or None
        ``None`` when some piece is refused at any price.
    """
    one = _OneParcel.of(load)
    several = load.several_bound_minor()
    if one.cost_minor < NO_PRICE and one.cost_minor <= several:
        parcel = PackedParcel(load.held(), 1, one.packaging, one.placements)
        return Packing(one.cost_minor, min(one.bound_minor, one.cost_minor), (parcel,))
    bound, found = min(one.bound_minor, several), None
    if lattice_size(load.counts) <= LATTICE_LIMIT and _sums(load.counts) <= SUMS_LIMIT:
        known, found = _Lattice(load).solve()
        bound = max(bound, known)
        if bound >= NO_PRICE:
            return None
    if found is None:
        filler = Filler(load.tariff, load.parcel_minor, load.boxing, load.weight_ug, load.volume_nl)
        found = filler.best(load.counts, bound)
    if one.cost_minor < NO_PRICE and (found is None or one.cost_minor <= found[0]):
        found = one.cost_minor, (PackedParcel(load.held(), 1, one.packaging, one.placements),)
    return None if found is None else Packing(found[0], min(found[0], bound), found[1])


@dataclass(frozen=True, slots=True)
class _OneParcel:
    """Everything as one parcel.

    Attributes
    ----------
    cost_minor
        Least cost that is known to work; `NO_PRICE` if none is.
    bound_minor
        No packaging takes everything for less.
    packaging, placements
        Where it goes at `cost_minor`.
    """

    cost_minor: int
    bound_minor: int
    packaging: int
    placements: tuple[Placement, ...]

    @classmethod
    def of(cls, load: Load) -> _OneParcel:
        counts = load.counts[None, :]
        weight, volume = counts @ load.weight_ug, counts @ load.volume_nl
        options = []
        for number, packaging in enumerate(load.tariff.packagings):
            if packaging.alone_only:
                continue
            price = int(packaging.price(weight, volume)[0])
            if price < NO_PRICE:
                options.append((price + load.parcel_minor, number))
        bound = NO_PRICE
        for cost, number in sorted(options):
            packaging = load.tariff.packagings[number]
            if packaging.carton == NO_CARTON:
                if load.boxing.takes(packaging, counts, weight, volume)[0]:
                    return cls(cost, min(bound, cost), number, ())
                continue
            found = load.boxing.fit(packaging.carton, tuple(load.counts.tolist()))
            if found.status is FitStatus.FITS:
                return cls(cost, min(bound, cost), number, found.placements)
            if found.status is FitStatus.NOT_KNOWN:
                bound = min(bound, cost)
        return cls(NO_PRICE, bound, 0, ())


def _sums(counts: Int64) -> int:
    return pair_count(tuple(int(count) + 1 for count in counts if count))


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

    def solve(self) -> tuple[int, Found | None]:
        """Return a lower bound and the best parcels; ``None`` if the search went on too long.

        What is not known to fit is first let pass, for the bound. A bound of `NO_PRICE`:
        there is no packing.
        """
        bound, parcels = self._settle(let_pass=True)
        if bound >= NO_PRICE or parcels is None:
            return bound, None
        total, parcels = self._settle(let_pass=False)
        return bound, None if parcels is None else (total, parcels)

    def _settle(self, *, let_pass: bool) -> tuple[int, tuple[PackedParcel, ...] | None]:
        """Return a bound, and the parcels that attain it."""
        total = 0
        for _ in range(_MOST_ROUNDS):
            cost = self._prices.min(axis=0)
            cost = np.where(cost < NO_PRICE, cost + self._load.parcel_minor, NO_PRICE)
            total, chosen = cheapest_parcels(self._vectors, cost)
            if total >= NO_PRICE:
                break
            parcels = self._packed(chosen, let_pass=let_pass)
            if parcels is not None:
                return total, parcels
        return total, None

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
