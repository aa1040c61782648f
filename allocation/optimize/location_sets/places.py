"""Locations that can ship something: rows of lanes, and their price curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.lane_classes import number_rows
from allocation.optimize.location_sets.contents import AtomContents
from allocation.optimize.location_sets.curves import Curve, make_curve
from allocation.optimize.location_sets.grid import UNREACHED, Grid
from allocation.optimize.location_sets.lane_prices import LanePrices
from allocation.optimize.location_sets.scalars import INFINITE, Scalars
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Lanes of one location that differ in their tariffs only, as one row each.

    Attributes
    ----------
    place
        intp ``[r]``: index into the model's `places`, ascending.
    value
        int64 ``[r, k]``: least scalar of a shipment up to each break of the places, without
        amounts per line and unit; never falls.
    curve
        int64 ``[r, t]``: the same by cell of the grid.
    line, unit, cap
        int64 ``[a, r]``: scalar per line and per unit, most units.
    """

    place: NDArray[np.intp]
    value: Int64
    curve: Int64
    line: Int64
    unit: Int64
    cap: Int64


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Locations that can ship something, bounded over their rows.

    Attributes
    ----------
    location
        int64 ``[l]``: index into the problem's locations, ascending.
    lanes
        Lanes of each that can carry something.
    break_ug
        int64 ``[k]``, strictly increasing: weights at which some price curve steps up; the
        last is the weight of everything.
    value
        int64 ``[l, k]``: least scalar of a shipment up to each of these weights, without
        amounts per line and unit; never falls.
    single
        int64 ``[l, k]``: the same in a single parcel; not a bound but a price.
    per_unit
        int64 ``[l, a]``: least scalar per unit, a share of the amount per line included.
    cap
        int64 ``[l, a]``: most units of each atom.
    has_one_row
        bool ``[l]``: `per_unit`, `cap` and `value` are exact but for amounts per line.
    """

    location: Int64
    lanes: tuple[tuple[int, ...], ...]
    break_ug: Int64
    value: Int64
    single: Int64
    per_unit: Int64
    cap: Int64
    has_one_row: NDArray[np.bool_]

    def curve(self, place: int) -> Curve:
        """Return the price curve of a place."""
        return make_curve(self.break_ug, self.value[place])

    def __len__(self) -> int:
        return int(self.location.size)


def make_rows(
    problem: SourcingProblem,
    scalars: Scalars,
    contents: AtomContents,
    grid: Grid,
    cap: Int64,
    demand: Int64,
    budget: Budget,
) -> tuple[Rows, Places]:
    """Group the lanes that can carry something into rows, and the rows into places."""
    useful = np.flatnonzero((cap > 0).any(axis=0))
    location = problem.lanes.location[useful].astype(np.int64)
    here, place_of = np.unique(location, return_inverse=True)
    signature = np.concatenate(
        [location[None, :], scalars.line[:, useful], scalars.unit[:, useful], cap[:, useful]]
    )
    number, first = number_rows(np.ascontiguousarray(signature.T))
    order = np.argsort(place_of[first], kind="stable")
    rank = np.empty(order.size, dtype=np.intp)
    rank[order] = np.arange(order.size)
    prices = LanePrices(problem, scalars, contents, demand, useful, budget)
    break_ug = prices.breaks()
    budget.check()
    # A step holds for all weights above the limit before it.
    by_lane = prices.at(np.concatenate(([0], break_ug[:-1] + 1)))
    budget.check()
    value = _least_by(rank[number], by_lane, order.size)
    budget.check()
    single = _least_by(place_of, prices.single(break_ug), here.size)
    budget.check()
    example = useful[first[order]]
    place = place_of[first[order]].astype(np.intp)
    most_ug = _most_weight(problem, contents, cap[:, example], here[place])
    value[:, 1:][break_ug[:-1] >= most_ug[:, None]] = INFINITE
    curve = _by_cell(grid, break_ug, value)
    rows = Rows(
        place, value, curve, scalars.line[:, example], scalars.unit[:, example], cap[:, example]
    )
    lanes: list[list[int]] = [[] for _ in range(here.size)]
    for lane, at in zip(useful.tolist(), place_of.tolist(), strict=True):
        lanes[at].append(lane)
    return rows, _places(rows, here, tuple(map(tuple, lanes)), break_ug, single, demand)


def _most_weight(
    problem: SourcingProblem, contents: AtomContents, cap: Int64, location: Int64
) -> Int64:
    """Return int64 ``[r]``: no row ships more weight, by its stock and its location's capacity.

    Heaviest units first, and of those that do not fit any more a share.
    """
    units = contents.units[:, None]
    order = np.argsort(-contents.weight_ug / np.maximum(1, contents.units), kind="stable")
    wanted = (cap * units)[order]
    room = problem.limits.location_units[location]
    before = np.cumsum(wanted, axis=0) - wanted
    taken = np.clip(room - before, 0, wanted)
    full = -(-taken // np.maximum(1, units[order]))
    most: Int64 = np.minimum(full, cap[order]).T @ contents.weight_ug[order]
    return most


def _by_cell(grid: Grid, break_ug: Int64, value: Int64) -> Int64:
    """Return int64 ``[r, t]``: the value at the least weight of each cell or a later one."""
    step = np.searchsorted(break_ug, np.minimum(grid.least_ug, break_ug[-1]))
    curve = value[:, step]
    curve[:, grid.least_ug >= UNREACHED] = INFINITE
    least: Int64 = np.minimum.accumulate(curve[:, ::-1], axis=1)[:, ::-1]
    return least


def _least_by(group: NDArray[np.intp], values: Int64, groups: int) -> Int64:
    least = np.full((groups, values.shape[1]), INFINITE, dtype=np.int64)
    np.minimum.at(least, group, values)
    return least


def _places(
    rows: Rows,
    location: Int64,
    lanes: tuple[tuple[int, ...], ...],
    break_ug: Int64,
    single: Int64,
    demand: Int64,
) -> Places:
    if location.size == 0:
        nothing = np.zeros((0, demand.size), dtype=np.int64)
        return Places(
            location,
            lanes,
            break_ug,
            rows.value,
            single,
            nothing,
            nothing,
            np.zeros(0, dtype=np.bool_),
        )
    starts = np.flatnonzero(np.diff(rows.place, prepend=-1))
    times = np.maximum(1, demand)[:, None]
    # An amount per line, shared out over all units, is paid at least; a credit at most once each.
    per_unit = rows.unit + np.where(rows.line < 0, rows.line, rows.line // times)
    per_unit = np.where(rows.cap > 0, per_unit, INFINITE)
    return Places(
        location,
        lanes,
        break_ug,
        np.minimum.reduceat(rows.value, starts, axis=0),
        single,
        np.minimum.reduceat(per_unit, starts, axis=1).T.copy(),
        np.maximum.reduceat(rows.cap, starts, axis=1).T.copy(),
        np.diff(starts, append=rows.place.size) == 1,
    )
