"""The cheapest parcels of one shipment, by trying every partition of its pieces."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from routing.rating.packaging import NO_CARTON
from routing.rating.tariff import Tariff
from routing.sourcing.problem import SourcingProblem
from tests.strategies.plain_parcels import fits_in
from tests.strategies.tariffs import plain_packaging_price_minor, plain_price_minor

Counts = tuple[int, ...]
Parcels = tuple[Counts, ...]


class OracleParcels:
    """Partitions multisets of a problem's pieces; remembers every multiset it has seen.

    Every partition has exactly one parcel with the first piece that is left, so trying
    each possible such parcel, and each partition of the rest, tries them all.
    """

    def __init__(self, problem: SourcingProblem) -> None:
        pieces, lanes = problem.pieces, problem.lanes
        self._weight = pieces.weight_ug.tolist()
        self._volume = pieces.volume_nl.tolist()
        self._alone = pieces.alone.tolist()
        self._tariffs = lanes.tariffs
        self._tariff_of = lanes.tariff.tolist()
        self._parcel_minor = lanes.parcel_minor.tolist()
        self._boxing = pieces.boxing
        self._prices: dict[tuple[int, int, int], int | None] = {}
        self._best: dict[tuple[int, int, Counts], tuple[int, Parcels] | None] = {}

    def cheapest(self, lane: int, counts: Counts) -> tuple[int, Parcels] | None:
        """Return the least cost and its parcels; ``None`` if the carrier refuses a piece."""
        return self._cheapest(self._tariff_of[lane], self._parcel_minor[lane], counts)

    def _cheapest(
        self, tariff: int, parcel_minor: int, counts: Counts
    ) -> tuple[int, Parcels] | None:
        if not any(counts):
            return 0, ()
        key = (tariff, parcel_minor, counts)
        if key not in self._best:
            self._best[key] = self._try_all(tariff, parcel_minor, counts)
        return self._best[key]

    def _try_all(
        self, tariff: int, parcel_minor: int, counts: Counts
    ) -> tuple[int, Parcels] | None:
        best: tuple[int, Parcels] | None = None
        for parcel in self._first_parcels(counts):
            price = self._price(tariff, parcel)
            if price is None:
                continue
            left = tuple(have - taken for have, taken in zip(counts, parcel, strict=True))
            rest = self._cheapest(tariff, parcel_minor, left)
            if rest is None:
                continue
            total = price + parcel_minor + rest[0]
            if best is None or total < best[0]:
                best = (total, (parcel, *rest[1]))
        return best

    def _first_parcels(self, counts: Counts) -> Iterator[Counts]:
        first = next(piece for piece, count in enumerate(counts) if count)
        ranges = [range(count + 1) for count in counts]
        ranges[first] = range(1, counts[first] + 1)
        for parcel in product(*ranges):
            held_alone = any(
                count and alone for count, alone in zip(parcel, self._alone, strict=True)
            )
            if not held_alone or sum(parcel) == 1:
                yield parcel

    def _price(self, tariff: int, parcel: Counts) -> int | None:
        weight = sum(map(int.__mul__, parcel, self._weight))
        volume = sum(map(int.__mul__, parcel, self._volume))
        packed = self._tariffs[tariff]
        if packed.packagings:
            return self._packaged_price(packed, parcel, weight, volume)
        key = (tariff, weight, volume)
        if key not in self._prices:
            self._prices[key] = plain_price_minor(packed, weight, volume)
        return self._prices[key]

    def _packaged_price(
        self, tariff: Tariff, parcel: Counts, weight: int, volume: int
    ) -> int | None:
        """Return the least price over the packagings that take a parcel, tried one by one."""
        boxing = self._boxing
        assert boxing is not None
        held = tuple(
            solid for solid, n in zip(boxing.solids, parcel, strict=True) for _ in range(n)
        )
        lone = any(n and alone for n, alone in zip(parcel, self._alone, strict=True))
        prices = []
        for packaging in tariff.packagings:
            if packaging.carton == NO_CARTON:
                takes = lone or not packaging.alone_only
                for trigger, wanted in (
                    *((each, False) for each in packaging.forbids),
                    *((each, True) for each in packaging.requires),
                ):
                    met = any(trigger.met_by(solid.sides_um, volume, weight) for solid in held)
                    takes = takes and met == wanted
            else:
                takes = not lone and fits_in(boxing.cartons[packaging.carton].inner, held)
            price = plain_packaging_price_minor(packaging, weight, volume)
            if takes and price is not None:
                prices.append(price)
        return min(prices, default=None)
