"""Exact prices of many vectors at one location: lower ends at once, packings on demand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.evaluate import Evaluator
from allocation.optimize.location_sets.cuboid import Cuboid
from allocation.optimize.location_sets.model import Model
from allocation.optimize.location_sets.scalars import INFINITE
from routing.parcels.postage import Postage
from routing.rating.tariff import NO_PRICE

Int64 = NDArray[np.int64]


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

    def lower(self, place: int, cuboid: Cuboid, *, several: bool) -> Int64:
        """Return int64 ``[s]``: least scalar of each vector at a place, `INFINITE` if not able.

        Parameters
        ----------
        several
            Whether the shipment is one of several, so that it must hold enough.
        """
        model = self.model
        able = self._able(place, cuboid, several=several)
        held = _Held.of(model, cuboid)
        best = np.full(cuboid.size, INFINITE, dtype=np.int64)
        for lane in model.places.lanes[place]:
            cap = model.lane_cap[:, lane]
            if (cuboid.low > cap).any():
                continue
            parcels = self._parcels(lane, held, cuboid)
            total = parcels * model.scalars.cost_weight + self._fixed(lane, cuboid)
            fits = able & (parcels < NO_PRICE) & cuboid.within(cap)
            np.minimum(best, np.where(fits, total, INFINITE), out=best)
        return best

    def offer(self, place: int, vector: Int64, *, several: bool) -> Offer | None:
        """Return the best lane for a vector, parcels packed; ``None`` if there is none."""
        model = self.model
        cuboid = Cuboid(vector, vector)
        if not self._able(place, cuboid, several=several)[0]:
            return None
        held = _Held.of(model, cuboid)
        options = []
        for lane in model.places.lanes[place]:
            if (vector <= model.lane_cap[:, lane]).all():
                parcels = int(self._parcels(lane, held, cuboid)[0])
                if parcels < NO_PRICE:
                    fixed = int(self._fixed(lane, cuboid)[0])
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

    def _parcels(self, lane: int, held: _Held, cuboid: Cuboid) -> Int64:
        """Return int64 ``[s]``: least cost of the parcels that may be shared."""
        key = self._key(lane)
        if key not in self._postage:
            tariff = self.model.problem.lanes.tariffs[key[0]]
            heaviest = int(self.model.contents.weight_ug @ self.model.demand)
            self._postage[key] = Postage(tariff, key[1], heaviest)
        postage = self._postage[key]
        weight_ug, volume_nl = np.broadcast_arrays(held.weight_ug, held.volume_nl)
        least = np.maximum(
            postage.bound(postage.billed_ug(weight_ug, volume_nl)),
            np.minimum(postage.single(weight_ug, volume_nl), postage.several(weight_ug, volume_nl)),
        )
        parcels = np.where(held.shared, least, 0)
        for vector, cost in self._learned.get(key, ()):
            number = cuboid.number(vector)
            if number is not None:
                parcels[number] = max(int(parcels[number]), cost)
        return parcels

    def _fixed(self, lane: int, cuboid: Cuboid) -> Int64:
        """Return int64 ``[s]``: scalar of everything but the shared parcels."""
        scalars = self.model.scalars
        total = cuboid.total(scalars.unit[:, lane]) + int(scalars.shipment[lane])
        if scalars.line[:, lane].any():
            total += cuboid.held(scalars.line[:, lane])
        return total

    def _able(self, place: int, cuboid: Cuboid, *, several: bool) -> NDArray[np.bool_]:
        """Return bool ``[s]``: not empty, and within stock shared by atoms and capacities."""
        model = self.model
        limits, contents = model.problem.limits, model.contents
        location = int(model.places.location[place])
        units = cuboid.total(contents.units)
        able: NDArray[np.bool_] = (units > 0) & (units <= limits.location_units[location])
        if several and (limits.min_shipment_units or limits.min_shipment_minor):
            able &= units >= limits.min_shipment_units
            able &= cuboid.total(contents.value_minor) >= limits.min_shipment_minor
        if limits.location_lines[location] < int(contents.lines.sum()):
            able &= cuboid.held(contents.lines) <= limits.location_lines[location]
        for item in model.shared_items:
            able &= cuboid.total(contents.need[:, item]) <= model.problem.available[item, location]
        return able


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Weight and volume of the pieces that may share parcels, and whether there are any."""

    weight_ug: Int64
    volume_nl: Int64
    shared: NDArray[np.bool_]

    @classmethod
    def of(cls, model: Model, cuboid: Cuboid) -> _Held:
        contents = model.contents
        if bool(contents.shared.all()):
            shared = np.ones(cuboid.size, dtype=np.bool_)
        else:
            shared = cuboid.total(contents.shared.astype(np.int64)) > 0
        volume = np.zeros(1, dtype=np.int64)
        if contents.volume_nl.any():
            volume = cuboid.total(contents.volume_nl)
        return cls(cuboid.total(contents.weight_ug), volume, shared)
