"""Packing by trying every set partition of labelled pieces, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from routing.parcels.pack import pack
from routing.parcels.packing import Packing
from routing.rating.tariff import Tariff
from tests.strategies.tariffs import plain_price_minor


@dataclass(frozen=True, slots=True)
class PieceKind:
    """One kind of piece, and how many of it there are."""

    weight_ug: int
    volume_nl: int
    alone: bool
    count: int


@dataclass(frozen=True, slots=True)
class ToPack:
    """Everything that `pack` is told."""

    kinds: tuple[PieceKind, ...]
    tariff: Tariff
    parcel_minor: int

    def pack(self, *, thorough: bool = True) -> Packing | None:
        """Return what the code under test answers."""
        return pack(
            np.array([kind.weight_ug for kind in self.kinds], dtype=np.int64),
            np.array([kind.volume_nl for kind in self.kinds], dtype=np.int64),
            np.array([kind.alone for kind in self.kinds], dtype=np.bool_),
            np.array([kind.count for kind in self.kinds], dtype=np.int64),
            self.tariff,
            self.parcel_minor,
            thorough=thorough,
        )


def partitions(size: int) -> Iterator[list[list[int]]]:
    """Yield every way to divide ``range(size)`` into parcels: each piece joins or opens one."""
    if size == 0:
        yield []
        return
    for parcels in partitions(size - 1):
        for at in range(len(parcels)):
            yield [*parcels[:at], [*parcels[at], size - 1], *parcels[at + 1 :]]
        yield [*parcels, [size - 1]]


def cheapest_of_all(case: ToPack) -> tuple[int, int] | None:
    """Return the least cost and the fewest parcels that have it; ``None`` if all are refused."""
    pieces = [kind for kind in case.kinds for _ in range(kind.count)]
    best: tuple[int, int] | None = None
    for parcels in partitions(len(pieces)):
        costs = [_parcel_cost(case, [pieces[at] for at in parcel]) for parcel in parcels]
        if None in costs:
            continue
        found = (sum(cost for cost in costs if cost is not None), len(parcels))
        if best is None or found < best:
            best = found
    return best


def _parcel_cost(case: ToPack, held: list[PieceKind]) -> int | None:
    if len(held) > 1 and any(kind.alone for kind in held):
        return None
    price = plain_price_minor(
        case.tariff, sum(k.weight_ug for k in held), sum(k.volume_nl for k in held)
    )
    return None if price is None else price + case.parcel_minor


def cost_of(case: ToPack, packing: Packing) -> int:
    """Return what the parcels of a packing cost; fails if one of them is not allowed."""
    total = 0
    for parcel in packing.parcels:
        held = [case.kinds[piece] for piece, number in parcel.pieces for _ in range(number)]
        cost = _parcel_cost(case, held)
        assert cost is not None, f"a parcel that is not allowed: {parcel}"
        total += cost * parcel.count
    return total
