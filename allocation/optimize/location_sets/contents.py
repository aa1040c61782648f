"""What one unit of each atom puts into parcels, and what its lonely pieces cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Atoms
from routing.parcels.boxing import carries, lone_price_minor
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class AtomContents:
    """What one unit of each atom puts into parcels.

    Attributes
    ----------
    weight_ug, volume_nl
        int64 ``[a]``: of the pieces that may share parcels.
    shared
        bool ``[a]``: there are such pieces.
    units, lines
        int64 ``[a]``: increments and order lines.
    value_minor
        int64 ``[a]``: for the least value of a shipment.
    need
        int64 ``[a, k]``: increments of each item.
    """

    weight_ug: Int64
    volume_nl: Int64
    shared: NDArray[np.bool_]
    units: Int64
    lines: Int64
    value_minor: Int64
    need: Int64


def make_contents(problem: SourcingProblem, atoms: Atoms) -> AtomContents:
    """Add up the pieces of each atom."""
    pieces = problem.pieces
    shared = ~pieces.alone
    sums = np.zeros((len(problem.lines), 3), dtype=np.int64)
    number = pieces.per_increment
    columns = np.stack((number, number * pieces.weight_ug, number * pieces.volume_nl), axis=1)
    np.add.at(sums, pieces.line[shared], columns[shared])
    held = atoms.content @ sums
    return AtomContents(
        weight_ug=held[:, 1],
        volume_nl=held[:, 2],
        shared=held[:, 0] > 0,
        units=atoms.content.sum(axis=1),
        lines=(atoms.content > 0).sum(axis=1),
        value_minor=atoms.content @ problem.lines.value_minor,
        need=atoms.content @ problem.lines.use,
    )


def shared_items(
    problem: SourcingProblem, contents: AtomContents, demand: Int64
) -> tuple[int, ...]:
    """Return the items that several atoms take and that are short at some location."""
    need = contents.need
    several = np.flatnonzero((need[demand > 0] > 0).sum(axis=0) > 1)
    wanted = demand @ need
    short = (problem.available[several] < wanted[several, None]).any(axis=1)
    return tuple(several[short].tolist())


def alone_cost(problem: SourcingProblem, atoms: Atoms) -> Int64:
    """Return int64 ``[a, j]``: parcels of the pieces that travel alone, per unit of an atom."""
    lanes, pieces = problem.lanes, problem.pieces
    index = np.flatnonzero(pieces.alone)
    cost = np.zeros((atoms.count.size, len(lanes)), dtype=np.int64)
    if index.size == 0:
        return cost
    number = atoms.content[:, pieces.line[index]] * pieces.per_increment[index]
    for tariff, each in enumerate(lanes.tariffs):
        price = lone_price_minor(each, pieces.weight_ug, pieces.volume_nl, pieces.boxing)[index]
        refused = price >= NO_PRICE
        here = lanes.tariff == tariff
        total = (number @ np.where(refused, 0, price))[:, None]
        total = total + number.sum(axis=1)[:, None] * lanes.parcel_minor[here]
        blocked = np.array((number[:, refused] > 0).any(axis=1))
        cost[:, here] = np.where(blocked[:, None], NO_PRICE, total)
    return cost


def too_heavy(problem: SourcingProblem, atoms: Atoms) -> NDArray[np.bool_]:
    """Return bool ``[a, j]``: the atom has a piece that no parcel of the lane can hold."""
    lanes, pieces = problem.lanes, problem.pieces
    refused = np.zeros((atoms.count.size, len(lanes)), dtype=np.bool_)
    holds = atoms.content[:, pieces.line] > 0
    for tariff, each in enumerate(lanes.tariffs):
        carried = carries(each, pieces.weight_ug, pieces.volume_nl, pieces.alone, pieces.boxing)
        heavy = (holds & ~carried).any(axis=1)
        refused[np.ix_(heavy, lanes.tariff == tariff)] = True
    return refused
