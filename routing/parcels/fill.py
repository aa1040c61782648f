"""Packing of many pieces into packagings: fill one kind of carton after the other, compare.

A heuristic with a true bound; it is used where the sub-multisets are too many to search.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.parcels.boxing import Boxing
from routing.parcels.fit.extreme_points import MOST_PLACED, Space
from routing.parcels.fit.oracle import FitStatus
from routing.parcels.fit.solids import Placement
from routing.parcels.packing import PackedParcel
from routing.rating.packaging import NO_CARTON, Packaging
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]

_MOST_WEIGHTS: Final = 3
_MOST_PACKAGINGS: Final = 8
_MOST_PARCELS: Final = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Filler:
    """Fills parcels of one load.

    Attributes
    ----------
    weight_ug, volume_nl
        int64 ``[p]``: of one piece of each kind.
    """

    tariff: Tariff
    parcel_minor: int
    boxing: Boxing
    weight_ug: Int64
    volume_nl: Int64

    def best(self, counts: Int64, bound: int) -> tuple[int, tuple[PackedParcel, ...]] | None:
        """Return cost and parcels of the cheapest way found; ``None`` if a piece is refused.

        Parameters
        ----------
        bound
            Known lower bound of the cost: the search ends when it is met.
        """
        if not self._all_carried(counts):
            return None
        best: tuple[int, tuple[PackedParcel, ...]] | None = None
        for packaging, heaviest in self._targets(counts):
            found = self._fill_all(packaging, heaviest, counts)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
            if best is not None and best[0] <= bound:
                break
        return best

    def _all_carried(self, counts: Int64) -> bool:
        kinds = np.flatnonzero(counts)
        single = np.eye(counts.size, dtype=np.int64)[kinds]
        return all(self._parcel(vector) is not None for vector in single)

    def _targets(self, counts: Int64) -> Iterator[tuple[Packaging, int]]:
        """Yield packagings with weights to fill up to, large ones first."""
        usable = [each for each in self.tariff.packagings if not each.alone_only]
        usable.sort(key=lambda each: -min(each.inner_nl, each.max_volume_nl))
        total = int(counts @ self.weight_ug)
        for packaging in usable[:_MOST_PACKAGINGS]:
            weights = packaging.limit_ug - packaging.tare_ug
            weights = np.minimum(weights[weights > 0], packaging.max_weight_ug)
            if not weights.size:
                continue
            rate = packaging.price_minor[-weights.size :] / weights
            best = np.argsort(rate, kind="stable")[: _MOST_WEIGHTS - 1]
            for weight in sorted({int(weights[-1]), *weights[best].tolist()}, reverse=True):
                yield packaging, min(weight, total)

    def _fill_all(
        self, packaging: Packaging, heaviest_ug: int, counts: Int64
    ) -> tuple[int, tuple[PackedParcel, ...]] | None:
        left = counts.copy()
        total = 0
        parcels: list[PackedParcel] = []
        while left.any():
            taken = self._take(packaging, heaviest_ug, left)
            found = self._parcel(taken)
            if found is None:
                # Every piece goes by itself; that was checked before.
                taken = _one_of(left)
                found = self._parcel(taken)
            if found is None or len(parcels) >= _MOST_PARCELS:
                return None
            used = taken > 0
            times = int((left[used] // taken[used]).min())
            total += (found[0] + self.parcel_minor) * times
            held = tuple((piece, int(taken[piece])) for piece in np.flatnonzero(taken).tolist())
            parcels.append(PackedParcel(held, times, found[1], found[2]))
            left = left - taken * times
        return total, tuple(parcels)

    def _take(self, packaging: Packaging, heaviest_ug: int, left: Int64) -> Int64:
        """Return contents for one parcel; a single piece where nothing goes into the packaging."""
        taken = self._within(packaging, heaviest_ug, left)
        if packaging.carton != NO_CARTON:
            taken = self._into_carton(packaging.carton, taken)
        return taken if taken.any() else _one_of(left)

    def _within(self, packaging: Packaging, heaviest_ug: int, left: Int64) -> Int64:
        """Return as much as weight and volume of a packaging allow, large things first."""
        taken = np.zeros_like(left)
        room_ug, room_nl = heaviest_ug, packaging.max_volume_nl
        room_ug = min(room_ug, packaging.max_weight_ug)
        for piece in np.argsort(-self.boxing.solid_nl, kind="stable").tolist():
            number = int(left[piece])
            if self.weight_ug[piece] > 0:
                number = min(number, room_ug // int(self.weight_ug[piece]))
            if self.volume_nl[piece] > 0:
                number = min(number, room_nl // int(self.volume_nl[piece]))
            taken[piece] = number
            room_ug -= number * int(self.weight_ug[piece])
            room_nl -= number * int(self.volume_nl[piece])
        return taken

    def _into_carton(self, carton: int, wanted: Int64) -> Int64:
        """Return as much of what is wanted as goes into a carton, by volume the better way."""
        slabs, points = self._by_slabs(carton, wanted), self._by_points(carton, wanted)
        solid = self.boxing.solid_nl
        if int(points @ solid) <= int(slabs @ solid) or self._parcel(points) is None:
            return slabs
        return points

    def _by_slabs(self, carton: int, wanted: Int64) -> Int64:
        taken = np.zeros_like(wanted)
        for piece in np.argsort(-self.boxing.solid_nl, kind="stable").tolist():
            most = int(wanted[piece])
            if not most:
                continue
            options = np.repeat(taken[None, :], most + 1, axis=0)
            options[:, piece] = np.arange(most + 1)
            fits = self.boxing.certain(carton, options)
            taken[piece] = int(np.flatnonzero(fits)[-1]) if fits.any() else 0
        return taken

    def _by_points(self, carton: int, wanted: Int64) -> Int64:
        inner = self.boxing.cartons[carton].inner
        space = Space((inner.length_um, inner.width_um, inner.height_um))
        taken = np.zeros_like(wanted)
        for piece in np.argsort(-self.boxing.solid_nl, kind="stable").tolist():
            solid = self.boxing.solids[piece]
            while taken[piece] < wanted[piece]:
                if solid.is_known and (
                    len(space.placed) >= MOST_PLACED or not space.add(piece, solid)
                ):
                    break
                taken[piece] += 1
        return taken

    def _parcel(self, contents: Int64) -> tuple[int, int, tuple[Placement, ...]] | None:
        """Return (price, packaging, placements) of the cheapest parcel known to fit."""
        counts = contents[None, :]
        weight, volume = counts @ self.weight_ug, counts @ self.volume_nl
        options = []
        for number, packaging in enumerate(self.tariff.packagings):
            if packaging.alone_only:
                continue
            price = int(packaging.price(weight, volume)[0])
            if price < NO_PRICE and self.boxing.takes(packaging, counts, weight, volume)[0]:
                options.append((price, number))
        for price, number in sorted(options):
            carton = self.tariff.packagings[number].carton
            if carton == NO_CARTON:
                return price, number, ()
            found = self.boxing.fit(carton, tuple(contents.tolist()))
            if found.status is FitStatus.FITS:
                return price, number, found.placements
        return None


def _one_of(left: Int64) -> Int64:
    one = np.zeros_like(left)
    one[int(np.flatnonzero(left)[0])] = 1
    return one
