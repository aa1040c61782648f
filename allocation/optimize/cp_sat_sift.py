"""Columns for orders too large to list all contents: price them in, then list what matters.

A linear relaxation with the least possible postage gives worths of lines and locations.
With them every shipment has a reduced value, and an allocation that beats the best
known one contains none whose reduced value exceeds the gap between that and the bound.
If those shipments can be listed, choosing among them is choosing among all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat_columns import is_whole
from allocation.optimize.cp_sat_enumerate import (
    Enumerated,
    Reduced,
    atom_weight_ug,
    enumerate_shipments,
    least_postage,
    units_by_lane,
)
from allocation.optimize.cp_sat_master import Amounts, Duals, Master, solve_master
from allocation.optimize.cp_sat_postage import alone_minor
from allocation.optimize.cp_sat_relax import ROOM_BITS, rounded
from allocation.optimize.cp_sat_tiers import Stage, greatest_total
from allocation.optimize.greedy_view import View

Int64 = NDArray[np.int64]

_MOST_STATES = 8_000
_MOST_ROUNDS = 80
_PER_LANE = 2
_PER_ROUND = 200

NO_BOUND = -(2**61)
"""Bound of a round that could not look at everything."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearGoal:
    """A stage by lane and atom, parcels apart.

    Attributes
    ----------
    lane
        int64 ``[j]``: per shipment.
    take
        Per atom int64 ``[j, most + 1]``: by units taken.
    unfilled
        int64 ``[atoms]``: per unit left.
    postage
        Whether parcels count: 0 or 1.
    further
        What the first shipment does not pay.
    greatest
        No allocation's value is further from 0.
    """

    lane: Int64
    take: tuple[Int64, ...]
    unfilled: Int64
    postage: int
    further: int
    greatest: int

    def of(self, view: View, lane: Int64, vectors: Int64) -> Int64:
        """Return int64 ``[c]``: least value of each shipment."""
        value = self.lane[lane].copy()
        for index, take in enumerate(self.take):
            value += take[lane, vectors[:, index]]
        if self.postage:
            units = [atom_weight_ug(view, atom) for atom in view.atoms]
            value += least_postage(view, lane, vectors @ np.array(units, dtype=np.int64))
        return value


def make_linear_goal(view: View, stage: Stage) -> LinearGoal:
    """Return a stage's amounts by lane and atom."""
    problem, tier = view.problem, stage.tier
    lanes = problem.lanes
    lane = np.zeros(len(lanes), dtype=np.int64)
    unit = np.zeros((len(problem.lines), len(lanes)), dtype=np.int64)
    once = np.zeros_like(unit)
    left = np.zeros(len(problem.lines), dtype=np.int64)
    further = 0
    lane += 0 if tier.shipment is None else tier.shipment
    unit += 0 if tier.unit is None else tier.unit
    left += 0 if tier.unfilled is None else tier.unfilled
    if tier.counts_cost:
        further = problem.extra_shipment_minor
        lane += lanes.shipment_minor + further
        unit += lanes.unit_minor + _alone(view)
        once += lanes.line_minor
        left += problem.unfilled_minor
    take, unfilled = [], []
    for atom in view.atoms:
        members = list(atom)
        most = int(units_by_lane(view, atom).max(initial=0))
        each = problem.lines.demand[members] if is_whole(view, atom) else np.ones(1, dtype=np.int64)
        rate = (unit[members] * each[:, None]).sum(axis=0)
        numbers = np.arange(most + 1)
        take.append(rate[:, None] * numbers + once[members].sum(axis=0)[:, None] * (numbers > 0))
        unfilled.append(int((left[members] * each).sum()))
    return LinearGoal(
        lane,
        tuple(take),
        np.array(unfilled, dtype=np.int64),
        int(tier.counts_cost),
        further,
        greatest_total(problem, tier),
    )


def _alone(view: View) -> Int64:
    lanes = view.problem.lanes
    cost = np.zeros((len(view.problem.lines), len(lanes)), dtype=np.int64)
    if view.problem.pieces.alone.any():
        for lane in range(len(lanes)):
            cost[:, lane] = alone_minor(
                view, int(lanes.tariff[lane]), int(lanes.parcel_minor[lane])
            )
    return cost


@dataclass(slots=True)
class Sieve:
    """Prices shipments in until the relaxation is solved.

    Attributes
    ----------
    view
        Of the problem.
    goal, earlier
        To minimise, and what must be kept with its value.
    lane, vectors
        int64 ``[c]`` and ``[c, atoms]``: shipments known so far.
    """

    view: View
    goal: LinearGoal
    earlier: tuple[tuple[LinearGoal, int], ...]
    lane: Int64
    vectors: Int64

    def price_in(self, budget: Budget) -> tuple[int, int, Reduced]:
        """Return (bound, scale, reduced values); the bound is a true one of the goal, scaled."""
        best: _Worth | None = None
        bound = 0
        for _ in range(_MOST_ROUNDS):
            now = self._worth(self._duals(budget))
            found = self._find(now, 0)
            here = self._bound(now, found)
            if best is None or here > bound:
                best, bound = now, here
            if not self._add(found) or budget.left_s() <= 0:
                break
        if best is None:
            raise AssertionError("there is always a first round")
        return bound, best.scale, best.reduced

    def _duals(self, budget: Budget) -> Duals:
        problem = self.view.problem
        locations = problem.lanes.location[self.lane].astype(np.int64)
        master = Master(
            self.vectors,
            locations,
            totals_of(self.view),
            problem.n_locations,
            min(problem.limits.max_shipments, problem.n_locations),
        )
        earlier = tuple(
            Amounts(
                goal.of(self.view, self.lane, self.vectors),
                goal.unfilled,
                value + max(goal.further, 0),
            )
            for goal, value in self.earlier
        )
        amounts = Amounts(self.goal.of(self.view, self.lane, self.vectors), self.goal.unfilled)
        return solve_master(master, amounts, earlier, budget)

    def _worth(self, duals: Duals) -> _Worth:
        return make_worth(self.view, self.goal, self.earlier, duals)

    def _find(self, worth: _Worth, threshold: int) -> Enumerated:
        return enumerate_shipments(self.view, worth.reduced, threshold, _MOST_STATES)

    def _bound(self, worth: _Worth, found: Enumerated) -> int:
        """Return the Lagrangian bound; a location gains its least reduced value at most."""
        if not found.complete:
            return NO_BOUND
        location = self.view.problem.lanes.location[found.lane]
        gain = np.zeros(self.view.problem.n_locations, dtype=np.int64)
        np.minimum.at(gain, location, found.reduced)
        return worth.constant + int(gain.sum())

    def _add(self, found: Enumerated) -> bool:
        """Take over the best shipments of each lane; say whether any is new."""
        order = np.argsort(found.reduced, kind="stable")
        known = {
            (lane, vector.tobytes())
            for lane, vector in zip(self.lane.tolist(), self.vectors, strict=True)
        }
        taken: dict[int, int] = {}
        fresh: list[int] = []
        for index in order[: 20 * _PER_ROUND].tolist():
            lane = int(found.lane[index])
            if found.reduced[index] >= 0 or len(fresh) >= _PER_ROUND:
                break
            if taken.get(lane, 0) >= _PER_LANE:
                continue
            if (lane, found.vectors[index].tobytes()) not in known:
                taken[lane] = taken.get(lane, 0) + 1
                fresh.append(index)
        self.lane = np.concatenate((self.lane, found.lane[fresh]))
        self.vectors = np.concatenate((self.vectors, found.vectors[fresh]))
        return bool(fresh)


@dataclass(frozen=True, slots=True, eq=False)
class _Worth:
    reduced: Reduced
    constant: int
    scale: int


def totals_of(view: View) -> Int64:
    """Return int64 ``[atoms]``: units ordered."""
    return np.array(
        [
            1 if is_whole(view, atom) else int(view.problem.lines.demand[atom[0]])
            for atom in view.atoms
        ],
        dtype=np.int64,
    )


def make_worth(
    view: View, goal: LinearGoal, earlier: tuple[tuple[LinearGoal, int], ...], duals: Duals
) -> _Worth:
    """Round duals to integers and return the reduced values they give, and the constant."""
    totals = totals_of(view)
    scale = 1 << max(0, min(12, ROOM_BITS - 2 - goal.greatest.bit_length()))
    atoms = rounded(duals.atoms * scale, int(totals.max(initial=1)))
    locations = -rounded(duals.locations * scale, 1)
    shipments = -int(rounded(np.array([duals.shipments * scale]), 64)[0])
    lane = goal.lane * scale + locations[view.problem.lanes.location] + shipments
    take = [
        amounts * scale - int(atoms[index]) * np.arange(amounts.shape[1])
        for index, amounts in enumerate(goal.take)
    ]
    left = goal.unfilled * scale - atoms
    postage = goal.postage * scale
    most = min(view.problem.limits.max_shipments, view.problem.n_locations)
    constant = int(atoms @ totals) - int(locations.sum()) - shipments * most
    constant -= max(goal.further, 0) * scale
    for (other, value), dual in zip(earlier, duals.earlier, strict=True):
        rate = -int(rounded(np.array([dual * scale]), other.greatest + 1)[0])
        lane = lane + rate * other.lane
        take = [mine + rate * theirs for mine, theirs in zip(take, other.take, strict=True)]
        left = left + rate * other.unfilled
        postage += rate * other.postage
        constant -= rate * (value + max(other.further, 0))
    constant += int((np.minimum(left, 0) * totals).sum())
    return _Worth(Reduced(lane, tuple(take), postage), constant, scale)
