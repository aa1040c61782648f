"""Lanes that price every shipment alike, and where each of them can carry what.

A class is a set of lanes with the same tariff, handling and tier amounts: they differ
in what is in stock only. Within a class the lane with the lowest number that can carry
a vector stands for all others, which loses nothing and keeps the tie-break.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Atoms, Lattice
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]

NO_LANE = int(np.iinfo(np.int32).max)


@dataclass(frozen=True, slots=True, eq=False)
class LaneClasses:
    """Classes and, per class and vector, the lane that stands for it.

    Attributes
    ----------
    of_lane
        int32 ``[j]``: class of each lane, -1 for lanes that can carry nothing.
    example
        int64 ``[c]``: some lane of each class, to read prices from.
    first
        int32 ``[c, s]``: lowest lane of the class that can carry the vector; `NO_LANE`.
    """

    of_lane: Int32
    example: Int64
    first: Int32


@dataclass(frozen=True, slots=True, eq=False)
class SideLimits:
    """Limits that are not one cap per atom: ``weight @ v <= bound[:, location]``.

    Attributes
    ----------
    load
        int64 ``[m, s]``: what each vector takes of each limited thing.
    bound
        int64 ``[m, l]``.
    """

    load: Int64
    bound: Int64


def side_limits(problem: SourcingProblem, atoms: Atoms, lattice: Lattice) -> SideLimits:
    """Collect shared items and location capacities that some vector could break."""
    need = atoms.content @ problem.lines.use
    full = atoms.count
    loads: list[Int64] = []
    bounds: list[Int64] = []
    shared = np.flatnonzero((need > 0).sum(axis=0) > 1)
    for item in shared.tolist():
        if (problem.available[item] < full @ need[:, item]).any():
            loads.append(lattice.vectors @ need[:, item])
            bounds.append(problem.available[item])
    units = atoms.content.sum(axis=1)
    if (problem.limits.location_units < full @ units).any():
        loads.append(lattice.vectors @ units)
        bounds.append(problem.limits.location_units)
    lines = (atoms.content > 0).sum(axis=1)
    if (problem.limits.location_lines < lines.sum()).any():
        loads.append((lattice.vectors > 0) @ lines)
        bounds.append(problem.limits.location_lines)
    if not loads:
        nothing = np.zeros((0, lattice.size), dtype=np.int64)
        return SideLimits(nothing, np.zeros((0, problem.n_locations), dtype=np.int64))
    return SideLimits(np.stack(loads), np.stack(bounds))


def signatures(problem: SourcingProblem) -> Int64:
    """Return int64 ``[j, w]``: everything that decides what a lane charges."""
    lanes = problem.lanes
    columns = [lanes.tariff.astype(np.int64), lanes.parcel_minor, lanes.shipment_minor]
    columns += [tier.shipment for tier in problem.tiers if tier.shipment is not None]
    blocks = [lanes.line_minor, lanes.unit_minor]
    blocks += [tier.unit for tier in problem.tiers if tier.unit is not None]
    return np.ascontiguousarray(np.concatenate([np.stack(columns), *blocks]).T)


def _multipliers(count: int) -> Int64:
    """Return odd 64-bit numbers without a pattern (the finaliser of SplitMix64)."""
    state = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (state ^ (state >> np.uint64(31)) | np.uint64(1)).view(np.int64)


_MIX = _multipliers(4_096)
"""A row's hash is its dot product with these, modulo 2**64."""


def number_rows(rows: Int64) -> tuple[Int32, Int64]:
    """Give equal rows equal numbers; also return each number's first row.

    Rows are told apart by a hash, and the hash is checked against the rows themselves.
    """
    width = rows.shape[1]
    if width <= _MIX.size:
        hashes = rows @ _MIX[:width]
        _, firsts, numbers = np.unique(hashes, return_index=True, return_inverse=True)
        if np.array_equal(rows, rows[firsts[numbers]]):
            return numbers.astype(np.int32), firsts.astype(np.int64)
    _, firsts, numbers = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return numbers.reshape(-1).astype(np.int32), firsts.astype(np.int64)


def classify(
    problem: SourcingProblem, atoms: Atoms, lattice: Lattice, sides: SideLimits
) -> LaneClasses:
    """Group lanes into classes and find the lane that stands for each class and vector."""
    useful = np.flatnonzero((atoms.cap > 0).any(axis=0))
    of_lane = np.full(len(problem.lanes), -1, dtype=np.int32)
    if useful.size == 0:
        empty = np.zeros(0, dtype=np.int64)
        return LaneClasses(of_lane, empty, np.zeros((0, lattice.size), dtype=np.int32))
    numbers, firsts = number_rows(signatures(problem)[useful])
    of_lane[useful] = numbers
    first = np.full((firsts.size, lattice.size), NO_LANE, dtype=np.int32)
    bound_here = sides.bound[:, problem.lanes.location[useful]]
    free = (bound_here >= sides.load[:, -1:]).all(axis=0) if sides.load.size else True
    boxed = np.full(useful.size, True) & free
    _fill_boxed(first, numbers[boxed], useful[boxed], atoms, lattice)
    bound = ~boxed
    _fill_limited(first, numbers[bound], useful[bound], atoms, lattice, sides, bound_here[:, bound])
    return LaneClasses(of_lane, useful[firsts], first)


def _fill_boxed(first: Int32, numbers: Int32, lanes: Int64, atoms: Atoms, lattice: Lattice) -> None:
    """Mark the greatest vector of each lane, then let it stand for all smaller ones."""
    if lanes.size == 0:
        return
    top = lattice.stride @ atoms.cap[:, lanes]
    np.minimum.at(first, (numbers, top), lanes.astype(np.int32))
    tensor = first.reshape(first.shape[0], *reversed(lattice.shape))
    for axis, digits in enumerate(reversed(lattice.shape), start=1):
        for digit in range(digits - 2, -1, -1):
            lower: list[slice | int] = [slice(None)] * tensor.ndim
            upper = list(lower)
            lower[axis], upper[axis] = digit, digit + 1
            np.minimum(tensor[tuple(lower)], tensor[tuple(upper)], out=tensor[tuple(lower)])


def _fill_limited(
    first: Int32,
    numbers: Int32,
    lanes: Int64,
    atoms: Atoms,
    lattice: Lattice,
    sides: SideLimits,
    bounds: Int64,
) -> None:
    """Check every vector on every lane that a side limit can bind.

    Lanes of a class with the same caps and bounds can carry the same vectors, so the
    lowest of them is enough.
    """
    if lanes.size == 0:
        return
    bounds = np.minimum(bounds, sides.load[:, -1:])
    rows = np.concatenate((numbers[None, :].astype(np.int64), atoms.cap[:, lanes], bounds)).T
    _, kept = number_rows(np.ascontiguousarray(rows))
    kept = kept[np.lexsort((lanes[kept], numbers[kept]))]
    step = max(1, _MOST_CELLS // lattice.size)
    for start in range(0, kept.size, step):
        chunk = kept[start : start + step]
        able = _within(atoms.cap[:, lanes[chunk]], lattice)
        for load, bound in zip(sides.load, bounds[:, chunk], strict=True):
            able &= load <= bound[:, None]
        candidate = np.where(able, lanes[chunk][:, None].astype(np.int32), np.int32(NO_LANE))
        starts = np.flatnonzero(np.diff(numbers[chunk], prepend=-1))
        least = np.minimum.reduceat(candidate, starts, axis=0)
        here = numbers[chunk][starts]
        first[here] = np.minimum(first[here], least)


def _within(cap: Int64, lattice: Lattice) -> NDArray[np.bool_]:
    """Return bool ``[k, s]``: no atom of a vector exceeds its cap, int64 ``[a, k]``.

    Axis by axis, so that most of the work is done on the few vectors of the first ones.
    """
    within = np.ones((cap.shape[1], 1), dtype=np.bool_)
    for axis, digits in enumerate(lattice.shape):
        fits = np.arange(digits) <= cap[axis][:, None]
        within = (fits[:, :, None] & within[:, None, :]).reshape(cap.shape[1], -1)
    return within


_MOST_CELLS = 4_000_000
