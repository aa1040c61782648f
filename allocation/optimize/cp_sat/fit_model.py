"""Whether solids fit into a room, decided by CP-SAT: any two are apart along some axis.

Nothing is assumed about corners or layers, so that "no" is a proof; a "yes" comes with places
that anybody can check. Sides are variables of their own, each with the few lengths it may
have: as sums over the ways to stand, their least values would be seen too late. With that the
search needs no presolve, which is off for the reason given in `search`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd
from typing import Final

from ortools.sat.python import cp_model

from allocation.optimize.fit_judge import Decided
from routing.parcels.fit.oracle import Counts, Fit, FitStatus
from routing.parcels.fit.solids import Placement, Sides, Solid

_AXES: Final = (0, 1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    """One solid in the model, all lengths in the model's unit.

    Attributes
    ----------
    ways
        How it may stand.
    start, side
        Per axis.
    """

    piece: int
    ways: tuple[Sides, ...]
    start: tuple[cp_model.IntVar, ...]
    side: tuple[cp_model.IntVar, ...]


def decide_fit(
    room: Sides, solids: tuple[Solid, ...], counts: Counts, effort: float, wall_s: float
) -> Decided:
    """Say whether solids fit into a room.

    Parameters
    ----------
    room, solids, counts
        As in `routing.parcels.fit.oracle.fit`; each solid fits by itself.
    effort
        Deterministic time, about half a second each, after which the answer is
        `FitStatus.NOT_KNOWN`.
    wall_s
        Seconds after which it is.
    """
    unit = _unit_um(solids, counts)
    model = cp_model.CpModel()
    # Things pushed towards the origin stand at sums of sides, which the unit divides.
    bodies = _bodies(
        model, (room[0] // unit, room[1] // unit, room[2] // unit), solids, counts, unit
    )
    solver = _solver(effort, wall_s)
    status = solver.solve(model)
    return Decided(_fit(status, bodies, solver, unit), solver.response_proto.deterministic_time)


def _fit(
    status: cp_model.CpSolverStatus, bodies: list[_Body], solver: cp_model.CpSolver, unit: int
) -> Fit:
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Fit(FitStatus.FITS, tuple(_placed(bodies, solver, unit)))
    known = status == cp_model.INFEASIBLE
    return Fit(FitStatus.DOES_NOT_FIT if known else FitStatus.NOT_KNOWN)


def _unit_um(solids: tuple[Solid, ...], counts: Counts) -> int:
    """Return the greatest length that divides all sides."""
    sides = [
        side
        for solid, count in zip(solids, counts, strict=True)
        if count and solid.is_known
        for side in solid.sides_um
    ]
    return max(1, gcd(*sides))


def _solver(effort: float, wall_s: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.cp_model_presolve = False
    solver.parameters.linearization_level = 0
    solver.parameters.symmetry_level = 0
    solver.parameters.max_deterministic_time = max(0.0, effort)
    solver.parameters.max_time_in_seconds = max(0.0, wall_s)
    return solver


def _bodies(
    model: cp_model.CpModel,
    room: Sides,
    solids: tuple[Solid, ...],
    counts: Counts,
    unit: int,
) -> list[_Body]:
    """Put every solid inside the room, and any two apart."""
    kinds = [
        (piece, solid)
        for piece, (solid, count) in enumerate(zip(solids, counts, strict=True))
        if solid.is_known
        for _ in range(count)
    ]
    kinds.sort(key=lambda kind: (-kind[1].volume_um3, kind[0]))
    bodies = [_body(model, room, piece, solid, unit) for piece, solid in kinds]
    for number, body in enumerate(bodies):
        for other in bodies[:number]:
            _keep_apart(model, room, other, body)
    # A packing seen in a mirror is a packing: the largest stands in the nearer half.
    for axis in _AXES:
        if bodies:
            first = bodies[0]
            model.add(2 * first.start[axis] + first.side[axis] <= room[axis])
    return bodies


def _body(model: cp_model.CpModel, room: Sides, piece: int, solid: Solid, unit: int) -> _Body:
    ways: list[Sides] = []
    for a, b, c in solid.turned():
        way = a // unit, b // unit, c // unit
        if all(map(int.__le__, way, room)):
            ways.append(way)
    chosen = [model.new_bool_var("") for _ in ways]
    model.add_exactly_one(chosen)
    start, side = [], []
    for axis in _AXES:
        lengths = [way[axis] for way in ways]
        start.append(model.new_int_var(0, room[axis] - min(lengths), ""))
        domain = cp_model.Domain.from_values(lengths)
        side.append(model.new_int_var_from_domain(domain, ""))
        model.add(start[axis] + side[axis] <= room[axis])
        for literal, length in zip(chosen, lengths, strict=True):
            model.add(side[axis] == length).only_enforce_if(literal)
    return _Body(piece, tuple(ways), tuple(start), tuple(side))


def _keep_apart(model: cp_model.CpModel, room: Sides, one: _Body, two: _Body) -> None:
    """Let one end before the other begins, along some axis; equal ones stand in order."""
    alike = one.piece == two.piece
    if alike:
        model.add(one.start[0] <= two.start[0])
    ways = []
    for axis in _AXES:
        shortest = min(way[axis] for way in one.ways) + min(way[axis] for way in two.ways)
        if shortest > room[axis]:
            continue
        for first, second in ((one, two), (two, one)):
            if alike and axis == 0 and first is two:
                continue
            before = model.new_bool_var("")
            end = first.start[axis] + first.side[axis]
            model.add(end <= second.start[axis]).only_enforce_if(before)
            ways.append(before)
    model.add_bool_or(ways)


def _placed(bodies: list[_Body], solver: cp_model.CpSolver, unit: int) -> Iterator[Placement]:
    for body in bodies:
        x, y, z = (solver.value(start) * unit for start in body.start)
        length, width, height = (solver.value(side) * unit for side in body.side)
        yield Placement(body.piece, (x, y, z), (length, width, height))
