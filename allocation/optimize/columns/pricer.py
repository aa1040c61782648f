"""Exact prices of many vectors at one location: lower ends at once, packings on demand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Lattice
from allocation.optimize.columns.model import Model
from allocation.optimize.columns.postage import Postage
from allocation.optimize.columns.scalars import INFINITE
from allocation.optimize.evaluate import Evaluator
from routing.rating.tariff import NO_PRICE

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """All vectors between two, as a base and a lattice over the atoms that differ.

    Attributes
    ----------
    base
        int64 ``[a]``: the least vector.
    free
        intp ``[f]``: atoms that may be more than the base.
    lattice
        How much more of each, all vectors ``[s, f]``.
    """

    base: Int64
    free: NDArray[np.intp]
    lattice: Lattice

    def vector(self, number: int) -> Int64:
        """Return int64 ``[a]``."""
        vector = self.base.copy()
        vector[self.free] += self.lattice.vectors[number]
        return vector

    def total(self, amount: Int64) -> Int64:
        """Return int64 ``[s]``: sum of an amount per unit (int64 ``[a]``) over each vector."""
        return self.lattice.vectors @ amount[self.free] + int(self.base @ amount)


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """The best lane for one vector at a location.

    Attributes
    ----------
    scalar
        With the parcels as packed.
    bound
        No lane of the location carries the vector for less; equal to `scalar` if proven.
    """

    lane: int
    scalar: int
    bound: int


@dataclass(slots=True, eq=False)
class Pricer:
    """Prices vectors at locations; remembers what packing taught.

    Attributes
    ----------
    model, evaluator
        Of the same problem.
    known
        How many prices packing has raised so far.
    """

    model: Model
    evaluator: Evaluator
    known: int = 0
    _postage: dict[tuple[int, int], Postage] = field(default_factory=dict)
    _learned: dict[tuple[int, int], list[tuple[Int64, int]]] = field(default_factory=dict)

    def lower(self, place: int, box: Box, *, several: bool) -> Int64:
        """Return int64 ``[s]``: least scalar of each vector at a place, `INFINITE` if not able.

        Parameters
        ----------
        several
            Whether the shipment is one of several, so that it must hold enough.
        """
        model = self.model
        weight, volume = box.total(model.contents.weight_ug), box.total(model.contents.volume_nl)
        shared = box.total(model.contents.shared.astype(np.int64)) > 0
        able = self._able(place, box, several=several)
        best = np.full(box.lattice.size, INFINITE, dtype=np.int64)
        for lane in model.places.lanes[place]:
            cap = model.lane_cap[:, lane]
            if (box.base > cap).any():
                continue
            parcels = self._parcels(lane, weight, volume, shared, box)
            total = parcels * model.scalars.cost_weight + self._fixed(lane, box)
            fits = able & (parcels < NO_PRICE)
            fits &= (box.lattice.vectors <= cap[box.free] - box.base[box.free]).all(axis=1)
            np.minimum(best, np.where(fits, total, INFINITE), out=best)
        return best

    def offer(self, place: int, vector: Int64, *, several: bool) -> Offer | None:
        """Return the best lane for a vector, parcels packed; ``None`` if there is none."""
        model = self.model
        box = Box(vector, np.zeros(0, dtype=np.intp), _POINT)
        if not self._able(place, box, several=several)[0]:
            return None
        weight = np.array([vector @ model.contents.weight_ug])
        volume = np.array([vector @ model.contents.volume_nl])
        shared = np.array([bool((vector[model.contents.shared] > 0).any())])
        options = []
        for lane in model.places.lanes[place]:
            if (vector <= model.lane_cap[:, lane]).all():
                parcels = int(self._parcels(lane, weight, volume, shared, box)[0])
                if parcels < NO_PRICE:
                    fixed = int(self._fixed(lane, box)[0])
                    options.append((parcels * model.scalars.cost_weight + fixed, lane, fixed))
        best: Offer | None = None
        for bound, lane, fixed in sorted(options):
            if best is not None and bound >= best.scalar:
                break
            packed = self._pack(lane, vector, fixed, bound)
            if packed is not None and (best is None or packed.scalar < best.scalar):
                known = packed.bound if best is None else min(best.bound, packed.bound)
                best = Offer(packed.lane, packed.scalar, known)
            elif packed is not None and best is not None:
                best = Offer(best.lane, best.scalar, min(best.bound, packed.bound))
        return best

    def _pack(self, lane: int, vector: Int64, fixed: int, bound: int) -> Offer | None:
        model = self.model
        quantities = vector @ model.atoms.content
        held = tuple((int(line), int(quantities[line])) for line in np.flatnonzero(quantities))
        packing = self.evaluator.packing(lane, held)
        apart = self._apart(lane, vector)
        if packing is None:
            self._learn(lane, vector, NO_PRICE)
            return None
        weight = model.scalars.cost_weight
        scalar = (packing.cost_minor - apart) * weight + fixed
        proven = max(bound, (packing.bound_minor - apart) * weight + fixed)
        if proven > bound:
            self._learn(lane, vector, max(packing.bound_minor - apart, 0))
        return Offer(lane, scalar, min(scalar, proven))

    def _apart(self, lane: int, vector: Int64) -> int:
        """Return the parcels of pieces that travel alone, which count as handling here."""
        return int(self.model.apart_minor[:, lane] @ vector)

    def _learn(self, lane: int, vector: Int64, parcels_minor: int) -> None:
        self.known += 1
        self._learned.setdefault(self._key(lane), []).append((vector, parcels_minor))

    def _key(self, lane: int) -> tuple[int, int]:
        lanes = self.model.problem.lanes
        return int(lanes.tariff[lane]), int(lanes.parcel_minor[lane])

    def _parcels(
        self, lane: int, weight: Int64, volume: Int64, shared: NDArray[np.bool_], box: Box
    ) -> Int64:
        """Return int64 ``[s]``: least cost of the parcels that may be shared."""
        key = self._key(lane)
        if key not in self._postage:
            tariff = self.model.problem.lanes.tariffs[key[0]]
            heaviest = int(self.model.contents.weight_ug @ self.model.demand)
            self._postage[key] = Postage(tariff, key[1], heaviest)
        postage = self._postage[key]
        one = postage.one_parcel(weight, volume)
        parcels = np.where(shared, np.minimum(one, postage.bound(weight)), 0)
        for vector, cost in self._learned.get(key, ()):
            number = _number_of(box, vector)
            if number is not None:
                parcels[number] = max(int(parcels[number]), cost)
        return parcels

    def _fixed(self, lane: int, box: Box) -> Int64:
        """Return int64 ``[s]``: scalar of everything but the shared parcels."""
        scalars = self.model.scalars
        total = box.total(scalars.unit[:, lane]) + int(scalars.shipment[lane])
        per_line = scalars.line[:, lane]
        if per_line.any():
            held = box.base > 0
            total += int(per_line[held].sum())
            opened = np.flatnonzero(~held[box.free])
            total += (box.lattice.vectors[:, opened] > 0) @ per_line[box.free[opened]]
        return total

    def _able(self, place: int, box: Box, *, several: bool) -> NDArray[np.bool_]:
        """Return bool ``[s]``: not empty, and within stock shared by atoms and capacities."""
        model = self.model
        limits, contents = model.problem.limits, model.contents
        location = int(model.places.location[place])
        units = box.total(contents.units)
        able: NDArray[np.bool_] = (units > 0) & (units <= limits.location_units[location])
        if several and (limits.min_shipment_units or limits.min_shipment_minor):
            able &= units >= limits.min_shipment_units
            able &= box.total(contents.value_minor) >= limits.min_shipment_minor
        if limits.location_lines[location] < int(contents.lines.sum()):
            lines = (box.lattice.vectors > 0) | (box.base[box.free] > 0)
            held = int(
                contents.lines[box.base > 0].sum()
                - contents.lines[box.free][box.base[box.free] > 0].sum()
            )
            able &= lines @ contents.lines[box.free] + held <= limits.location_lines[location]
        for item in model.shared_items:
            able &= box.total(contents.need[:, item]) <= model.problem.available[item, location]
        return able


_POINT = Lattice((), np.zeros(0, dtype=np.int64), np.zeros((1, 0), dtype=np.int64))


def _number_of(box: Box, vector: Int64) -> int | None:
    """Return the number of a vector in a box; ``None`` if it is not in there."""
    more = vector - box.base
    if more.any() and box.free.size == 0:
        return None
    inside = more[box.free]
    shape = np.array(box.lattice.shape, dtype=np.int64)
    if int(more.sum()) != int(inside.sum()) or (more < 0).any() or (inside >= shape).any():
        return None
    return int(inside @ box.lattice.stride) if box.free.size else 0
