"""How much of the remaining order each lane could take, all lanes at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.greedy.view import View

Int64 = NDArray[np.int64]


def fill_lanes(view: View, wanted: Int64) -> Int64:
    """Return int64 ``[n, j]``: what each lane takes of `wanted` if it takes all it can.

    Every column alone is an allowed shipment as far as stock, capacity, whole lines
    and groups go. Lines earlier in the order come first where stock or capacity is short.
    """
    if view.simple:
        return _fill_simply(view, wanted)
    return _fill_in_turn(view, wanted)


def _fill_simply(view: View, wanted: Int64) -> Int64:
    if view.problem.limits.line_split:
        return np.minimum(view.stock, wanted[:, None])
    enough = view.stock >= view.problem.lines.demand[:, None]
    return np.where(enough, wanted[:, None], 0)


@dataclass(slots=True)
class _Room:
    items: Int64
    units: Int64
    lines: Int64


def _fill_in_turn(view: View, wanted: Int64) -> Int64:
    problem = view.problem
    location = problem.lanes.location
    room = _Room(
        problem.available[:, location],
        problem.limits.location_units[location],
        problem.limits.location_lines[location],
    )
    fill = np.zeros_like(view.stock)
    for atom in view.atoms:
        if not all(wanted[line] > 0 for line in atom):
            continue
        whole = len(atom) > 1 or problem.lines.group[atom[0]] >= 0
        if whole or not problem.limits.line_split:
            _take_whole(view, atom, room, fill)
        else:
            _take_some(view, atom[0], int(wanted[atom[0]]), room, fill)
    return fill


def _take_whole(view: View, atom: tuple[int, ...], room: _Room, fill: Int64) -> None:
    members = list(atom)
    lines = view.problem.lines
    demand = lines.demand[members]
    need = demand @ lines.use[members]
    items = np.flatnonzero(need)
    units = int(demand.sum())
    fits = view.usable[members].all(axis=0)
    fits &= (room.items[items] >= need[items, None]).all(axis=0)
    fits &= (room.units >= units) & (room.lines >= len(members))
    fill[members] = demand[:, None] * fits
    room.items[items] -= need[items, None] * fits
    room.units = room.units - units * fits
    room.lines = room.lines - len(members) * fits


def _take_some(view: View, line: int, wanted: int, room: _Room, fill: Int64) -> None:
    use = view.problem.lines.use[line]
    items = np.flatnonzero(use)
    taken = np.minimum(room.units, wanted)
    for item in items:
        np.minimum(taken, room.items[item] // use[item], out=taken)
    taken[~view.usable[line] | (room.lines < 1) | (taken < 0)] = 0
    fill[line] = taken
    room.items[items] -= use[items, None] * taken
    room.units = room.units - taken
    room.lines = room.lines - (taken > 0)
