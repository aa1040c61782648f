"""Boxing: the sizes of an order's pieces, the cartons there are, and what fits where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.carton import Carton
from routing.parcels.fit.oracle import Counts, Fit, Judge, RoomOracle, room_oracles
from routing.parcels.fit.solids import Solid
from routing.rating.packaging import NO_CARTON, Packaging
from routing.rating.prices import NO_PRICE
from routing.rating.tariff import Tariff, parcel_price_minor

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Boxing:
    """Sizes and cartons of one order; what fits is found out once and remembered.

    All contents are int64 ``[s, p]``, pieces of every kind of the order.

    Attributes
    ----------
    solids
        Size of each kind of piece.
    sides_um
        int64 ``[p, 3]``: the same as an array; 0 where not known.
    solid_nl
        int64 ``[p]``: volume of each, rounded down.
    cartons
        As packagings number them.
    """

    solids: tuple[Solid, ...]
    sides_um: Int64
    solid_nl: Int64
    cartons: tuple[Carton, ...]
    _rooms: tuple[RoomOracle, ...]

    def possible(self, carton: int, counts: Int64) -> Bool:
        """Return bool ``[s]``: contents not ruled out for a carton so far."""
        return self._rooms[carton].possible(counts)

    def certain(self, carton: int, counts: Int64) -> Bool:
        """Return bool ``[s]``: contents that fit into a carton without a search."""
        return self._rooms[carton].certain(counts)

    def fit(self, carton: int, counts: Counts) -> Fit:
        """Say whether contents fit into a carton."""
        return self._rooms[carton].fit(counts)

    def judged_by(self, judge: Judge) -> Boxing:
        """Return the same, where a judge decides what stays open."""
        return replace(self, _rooms=tuple(room.judged_by(judge) for room in self._rooms))

    def holds_one(self, carton: int) -> Bool:
        """Return bool ``[p]``: pieces that go into a carton by themselves."""
        return self._rooms[carton].fits_alone

    def takes(
        self,
        packaging: Packaging,
        counts: Int64,
        weight_ug: Int64,
        volume_nl: Int64,
        *,
        certain: bool = False,
    ) -> Bool:
        """Say which contents a packaging may take by their sizes, bool ``[s]``.

        Parameters
        ----------
        certain
            Whether contents of a carton must be known to fit without a search; else they
            must only not be ruled out.
        """
        if packaging.carton == NO_CARTON:
            return packaging.admits(counts, self.sides_um, weight_ug, volume_nl)
        ask = self.certain if certain else self.possible
        return ask(packaging.carton, counts)


def make_boxing(solids: Sequence[Solid], cartons: Sequence[Carton]) -> Boxing:
    """Put the sizes of pieces and the cartons together."""
    sides = np.array([solid.sides_um for solid in solids], dtype=np.int64).reshape(len(solids), 3)
    solid = np.array([solid.volume_um3 // 1_000_000 for solid in solids], dtype=np.int64)
    rooms = [(c.inner.length_um, c.inner.width_um, c.inner.height_um) for c in cartons]
    kinds = tuple(solids)
    return Boxing(kinds, sides, solid, tuple(cartons), room_oracles(rooms, kinds))


@dataclass(frozen=True, slots=True, eq=False)
class CartonTakes:
    """What is known at once about cartons and contents, as prices to add.

    Both int64 ``[c, s]``: the cost of the void fill, `NO_PRICE` where the carton does not do.

    Attributes
    ----------
    possible
        Where the carton is not ruled out.
    certain
        Where it is known to hold the contents.
    """

    possible: Int64
    certain: Int64


def carton_takes(boxing: Boxing, counts: Int64, volume_nl: Int64) -> CartonTakes:
    """Ask about all cartons; what a slab proves needs no further bound."""
    shape = len(boxing.cartons), counts.shape[0]
    possible = np.full(shape, NO_PRICE, dtype=np.int64)
    certain = possible.copy()
    for number, carton in enumerate(boxing.cartons):
        light = np.ones(counts.shape[0], dtype=np.bool_)
        if carton.usable_nl is not None:
            light = volume_nl <= carton.usable_nl
        sure = boxing.certain(number, counts) & light
        may = sure.copy()
        open_ = np.flatnonzero(light & ~sure)
        if open_.size:
            may[open_] = boxing.possible(number, counts[open_])
        void = np.zeros(counts.shape[0], dtype=np.int64)
        if carton.void_fill_minor_per_m3:
            void[:] = [carton.void_fill_minor(volume) for volume in volume_nl.tolist()]
        possible[number, may] = void[may]
        certain[number, sure] = void[sure]
    return CartonTakes(possible, certain)


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """Contents as one parcel each.

    Attributes
    ----------
    price_minor
        int64 ``[s]``: least price over the packagings that may take them, else `NO_PRICE`.
    packaging
        intp ``[s]``: the first that has it.
    """

    price_minor: Int64
    packaging: NDArray[np.intp]


def price_one_parcel(
    tariff: Tariff,
    boxing: Boxing,
    counts: Int64,
    weight_ug: Int64,
    volume_nl: Int64,
    *,
    certain: bool = False,
) -> Priced:
    """Price contents that may share a parcel as one parcel each; see `Boxing.takes`."""
    prices = np.full((len(tariff.packagings), counts.shape[0]), NO_PRICE, dtype=np.int64)
    for number, packaging in enumerate(tariff.packagings):
        if not packaging.alone_only:
            price = packaging.price(weight_ug, volume_nl)
            open_ = np.flatnonzero(price < NO_PRICE)
            taken = boxing.takes(
                packaging, counts[open_], weight_ug[open_], volume_nl[open_], certain=certain
            )
            prices[number, open_[taken]] = price[open_[taken]]
    best = np.argmin(prices, axis=0)
    return Priced(prices[best, np.arange(counts.shape[0])], best)


def lone_price_minor(
    tariff: Tariff, weight_ug: Int64, volume_nl: Int64, boxing: Boxing | None
) -> Int64:
    """Return int64 ``[p]``: price of one piece of each kind travelling alone; `NO_PRICE`.

    Parameters
    ----------
    boxing
        Needed where the tariff has packagings.
    """
    if not tariff.packagings:
        return parcel_price_minor(tariff, weight_ug, volume_nl)
    if boxing is None:
        raise ValueError("a tariff with packagings needs the sizes of what is packed")
    return price_alone(tariff, boxing, weight_ug, volume_nl).price_minor


def carries(
    tariff: Tariff, weight_ug: Int64, volume_nl: Int64, alone: Bool, boxing: Boxing | None
) -> Bool:
    """Return bool ``[p]``: whether one piece of each kind has a price as a parcel.

    What travels alone is sent as it is; the rest in any packaging that takes it.
    """
    if not tariff.packagings:
        return parcel_price_minor(tariff, weight_ug, volume_nl) < NO_PRICE
    if boxing is None:
        raise ValueError("a tariff with packagings needs the sizes of what is packed")
    carried = np.zeros(alone.size, dtype=np.bool_)
    if alone.any():
        priced = price_alone(tariff, boxing, weight_ug, volume_nl).price_minor
        carried = alone & (priced < NO_PRICE)
    counts = np.eye(alone.size, dtype=np.int64)
    for packaging in tariff.packagings:
        open_ = ~alone & ~carried
        if packaging.alone_only or not open_.any():
            continue
        if packaging.carton == NO_CARTON:
            takes = packaging.admits(counts, boxing.sides_um, weight_ug, volume_nl)
            takes &= packaging.price(weight_ug, volume_nl) < NO_PRICE
        else:
            takes = boxing.holds_one(packaging.carton) & (volume_nl <= packaging.max_volume_nl)
            takes &= weight_ug <= packaging.most_contents_ug
        carried |= open_ & takes
    return carried


def piece_price_minor(
    tariff: Tariff, weight_ug: Int64, volume_nl: Int64, alone: Bool, boxing: Boxing | None
) -> Int64:
    """Return int64 ``[p]``: price of one piece of each kind as a parcel; `NO_PRICE` if refused.

    What travels alone is sent as it is; the rest in the cheapest packaging that is known
    to take it, which for a single thing is certain.
    """
    lone = lone_price_minor(tariff, weight_ug, volume_nl, boxing)
    if not tariff.packagings or boxing is None or alone.all():
        return lone
    counts = np.eye(alone.size, dtype=np.int64)
    shared = price_one_parcel(tariff, boxing, counts, weight_ug, volume_nl)
    return np.where(alone, lone, shared.price_minor)


def price_alone(tariff: Tariff, boxing: Boxing, weight_ug: Int64, volume_nl: Int64) -> Priced:
    """Price one piece of each kind (int64 ``[p]``) as a parcel of its own, sent as it is."""
    kinds = len(boxing.solids)
    counts = np.eye(kinds, dtype=np.int64)
    prices = np.full((len(tariff.packagings), kinds), NO_PRICE, dtype=np.int64)
    for number, packaging in enumerate(tariff.packagings):
        if packaging.carton == NO_CARTON:
            admitted = packaging.admits(counts, boxing.sides_um, weight_ug, volume_nl)
            prices[number] = np.where(admitted, packaging.price(weight_ug, volume_nl), NO_PRICE)
    best = np.argmin(prices, axis=0) if len(tariff.packagings) else np.zeros(kinds, dtype=np.intp)
    return Priced(prices[best, np.arange(kinds)], best)
