"""Find all contents of all lanes whose reduced value stays below a threshold.

A breadth-first search over the atoms, all lanes at once: a partial shipment is dropped
when even the most favourable rest cannot bring it below the threshold. Parcels count
with the least any packing of the weight so far could cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.cp_sat_columns import is_whole
from allocation.optimize.greedy_view import View
from routing.rating.fluid_bound import fluid_bound_minor

Int64 = NDArray[np.int64]

_GREATEST_BOUND = 2**40
"""A bound may always be lowered; this keeps scaled postage within 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """Reduced values by lane, as scaled integers.

    Attributes
    ----------
    lane
        int64 ``[j]``: of opening the lane.
    take
        Per atom int64 ``[j, most + 1]``: of taking so many units; the first is 0.
    postage
        How often the parcels' cost counts (scaled), 0 or more.
    """

    lane: Int64
    take: tuple[Int64, ...]
    postage: int


@dataclass(frozen=True, slots=True, eq=False)
class Enumerated:
    """Shipments found, nothing empty.

    Attributes
    ----------
    lane
        int64 ``[c]``.
    vectors
        int64 ``[c, atoms]``.
    reduced
        int64 ``[c]``: lower bound of the reduced value.
    complete
        Whether all below the threshold are here.
    """

    lane: Int64
    vectors: Int64
    reduced: Int64
    complete: bool


@dataclass(slots=True)
class _States:
    lane: Int64
    weight: Int64
    linear: Int64
    vectors: NDArray[np.int16]

    def at(self, index: NDArray[np.intp]) -> _States:
        return _States(
            self.lane[index], self.weight[index], self.linear[index], self.vectors[index]
        )


def units_by_lane(view: View, atom: tuple[int, ...]) -> Int64:
    """Return int64 ``[j]``: most units of the atom that each lane could ship by itself."""
    members = list(atom)
    if not is_whole(view, atom):
        return np.asarray(view.stock[atom[0]], dtype=np.int64)
    enough = view.stock[members] >= view.problem.lines.demand[members, None]
    return np.asarray(enough.all(axis=0), dtype=np.int64)


def atom_weight_ug(view: View, atom: tuple[int, ...]) -> int:
    """Return the weight of one unit of the atom, without what travels alone."""
    if not is_whole(view, atom):
        return int(view.weight_ug[atom[0]])
    return sum(int(view.weight_ug[line]) * int(view.problem.lines.demand[line]) for line in atom)


def enumerate_shipments(view: View, reduced: Reduced, threshold: int, most: int) -> Enumerated:
    """Return shipments with a reduced value of at most `threshold`.

    Parameters
    ----------
    view, reduced
        The problem and the reduced values.
    threshold
        Scaled as `reduced`.
    most
        States kept at a time; the most promising, if there are more.
    """
    atoms = view.atoms
    units = [units_by_lane(view, atom) for atom in atoms]
    gain = [_gain(take, number) for take, number in zip(reduced.take, units, strict=True)]
    order = sorted(range(len(atoms)), key=lambda index: int(gain[index].sum()))
    lanes = np.arange(len(view.problem.lanes))
    rest = np.sum(gain, axis=0) if gain else np.zeros(lanes.size, dtype=np.int64)
    states = _States(
        lanes,
        np.zeros_like(lanes),
        reduced.lane.copy(),
        np.zeros((lanes.size, len(atoms)), dtype=np.int16),
    )
    complete = True
    for index in order:
        rest = rest - gain[index]
        weight = atom_weight_ug(view, atoms[index])
        states = _grown(states, index, units[index], reduced.take[index], weight)
        least = states.linear + rest[states.lane]
        # The postage is asked for only where the rest does not already settle it.
        keep = np.flatnonzero(least <= threshold)
        states, least = states.at(keep), least[keep]
        if reduced.postage:
            least = least + reduced.postage * least_postage(view, states.lane, states.weight)
            keep = np.flatnonzero(least <= threshold)
            states, least = states.at(keep), least[keep]
        if states.lane.size > most:
            complete = False
            states = states.at(np.sort(np.argpartition(least, most)[:most]))
    value = states.linear + reduced.postage * least_postage(view, states.lane, states.weight)
    full = np.flatnonzero(states.vectors.any(axis=1) & (value <= threshold))
    states = states.at(full)
    return Enumerated(states.lane, states.vectors.astype(np.int64), value[full], complete)


def _gain(take: Int64, units: Int64) -> Int64:
    """Return int64 ``[j]``: the least that an atom can add on each lane, never above 0."""
    reachable = np.arange(take.shape[1]) <= units[:, None]
    return np.asarray(np.where(reachable, take, 0).min(axis=1), dtype=np.int64)


def _grown(states: _States, index: int, units: Int64, take: Int64, weight: int) -> _States:
    """Return all states with no, one, two, ... units of an atom added."""
    parts = [states]
    for number in range(1, take.shape[1]):
        more = states.at(np.flatnonzero(units[states.lane] >= number))
        vectors = more.vectors.copy()
        vectors[:, index] = number
        parts.append(
            _States(
                more.lane,
                more.weight + number * weight,
                more.linear + take[more.lane, number],
                vectors,
            )
        )
    return _States(
        np.concatenate([part.lane for part in parts]),
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.linear for part in parts]),
        np.concatenate([part.vectors for part in parts]),
    )


def least_postage(view: View, lane: Int64, weight_ug: Int64) -> Int64:
    """Return what parcels of these weights cost at least; 0 without weight."""
    lanes = view.problem.lanes
    cost = np.zeros(lane.size, dtype=np.int64)
    tariff_of = lanes.tariff[lane]
    for index in np.unique(tariff_of).tolist():
        where = np.flatnonzero((tariff_of == index) & (weight_ug > 0))
        tariff = lanes.tariffs[index]
        fluid = fluid_bound_minor(tariff, weight_ug[where])
        parcels = -(-weight_ug[where] // tariff.max_weight_ug)
        cost[where] = np.clip(fluid, int(tariff.price_minor.min()), _GREATEST_BOUND)
        cost[where] += parcels * lanes.parcel_minor[lane[where]]
    return cost
