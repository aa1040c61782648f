"""What parcels in packagings cost, the slow way: every carton, every position, every division.

Shares nothing with the packing code: prices come from the rate card term by term, fits
from trying every position.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

from routing.carton import Carton
from routing.item import Dimensions
from routing.parcels.fit.solids import Sides, Solid
from routing.rating.size_limits import fits
from tests.routing.parcels.fit.every_position import fits_somehow
from tests.strategies.bills import terms_of
from tests.strategies.packagings import MM, START, ZONE, Packed

Counts = tuple[int, ...]


@lru_cache(maxsize=100_000)
def fits_in(inner: Dimensions, solids: tuple[Solid, ...]) -> bool:
    """Say whether things fit into a carton; all sides are whole millimetres."""
    room = (inner.length_um // MM, inner.width_um // MM, inner.height_um // MM)
    return fits_somehow(
        room, [Solid(_millimetres(solid.sides_um), solid.upright) for solid in solids]
    )


def _millimetres(sides: Sides) -> Sides:
    return sides[0] // MM, sides[1] // MM, sides[2] // MM


class PlainParcels:
    """Prices and divides contents of some kinds of pieces on one tariff."""

    def __init__(
        self,
        packed: Packed,
        parcel_minor: int,
        solids: tuple[Solid, ...],
        weight_ug: list[int],
        volume_nl: list[int],
        alone: list[bool],
    ) -> None:
        self._packed = packed
        self._fee = parcel_minor
        self._boxes = solids
        self._weight = weight_ug
        self._volume = volume_nl
        self._alone = alone
        self._best: dict[Counts, int | None] = {}

    def least(self, counts: Counts) -> int | None:
        """Return the least cost of all divisions into parcels; ``None`` if refused."""
        if not any(counts):
            return 0
        if counts not in self._best:
            totals = [
                price + self._fee + rest
                for parcel in self._first_parcels(counts)
                if (price := self.parcel_minor(parcel)) is not None
                and (rest := self.least(_minus(counts, parcel))) is not None
            ]
            self._best[counts] = min(totals, default=None)
        return self._best[counts]

    def parcel_minor(self, counts: Counts) -> int | None:
        """Return the least price of one parcel with these contents, without its fee."""
        holds_alone = any(n and a for n, a in zip(counts, self._alone, strict=True))
        if holds_alone and sum(counts) > 1:
            return None
        as_it_is = holds_alone or not self._packed.cartons
        options = [None] if as_it_is else list(self._packed.cartons)
        prices = [price for each in options if (price := self._price(counts, each)) is not None]
        return min(prices, default=None)

    def _price(self, counts: Counts, carton: Carton | None) -> int | None:
        held = tuple(solid for solid, n in zip(self._boxes, counts, strict=True) for _ in range(n))
        card = self._packed.card
        if carton is not None:
            outer = carton.outer
            sides = card.billed_sides_um((outer.length_um, outer.width_um, outer.height_um))
            if not fits(card, *sides, 0) or not fits_in(carton.inner, held):
                return None
        terms = terms_of(
            card,
            ZONE,
            START,
            residential=False,
            weight_ug=sum(map(int.__mul__, counts, self._weight)),
            volume_nl=sum(map(int.__mul__, counts, self._volume)),
            carton=carton,
            sides_um=tuple(solid.sides_um for solid in held),
        )
        return None if terms is None else sum(term.amount_minor for term in terms)

    def _first_parcels(self, counts: Counts) -> Iterator[Counts]:
        first = next(piece for piece, count in enumerate(counts) if count)
        ranges = [range(count + 1) for count in counts]
        ranges[first] = range(1, counts[first] + 1)
        yield from product(*ranges)


def _minus(counts: Counts, parcel: Counts) -> Counts:
    return tuple(have - taken for have, taken in zip(counts, parcel, strict=True))
