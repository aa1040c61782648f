"""The problem as the search over locations sees it: atoms, rows of lanes, price curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import ENDLESS, Budget
from allocation.optimize.atoms import Atoms, make_atoms
from allocation.optimize.location_sets.contents import (
    AtomContents,
    alone_cost,
    make_contents,
    shared_items,
    too_heavy,
)
from allocation.optimize.location_sets.grid import Grid, make_grid
from allocation.optimize.location_sets.places import Places, Rows, make_rows
from allocation.optimize.location_sets.scalars import Scalars, make_scalars
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything that bounds and searches share.

    Attributes
    ----------
    demand
        int64 ``[a]``: units of each atom that can be placed at all.
    always_left
        Scalar of what is left out in every plan, units beyond `demand` included.
    complete_is_possible
        Whether anything is left out in every plan.
    lane_cap
        int64 ``[a, j]``.
    apart_minor
        int64 ``[a, j]``: parcels of pieces that travel alone, held by ``scalars.unit``.
    shared_items
        Items that several atoms take and that are short somewhere.
    """

    problem: SourcingProblem
    atoms: Atoms
    contents: AtomContents
    scalars: Scalars
    grid: Grid
    rows: Rows
    places: Places
    demand: Int64
    always_left: int
    complete_is_possible: bool
    lane_cap: Int64
    apart_minor: Int64
    shared_items: tuple[int, ...]

    @property
    def first_row(self) -> NDArray[np.intp]:
        """Return intp ``[l]``: the first row of each place."""
        return np.flatnonzero(np.diff(self.rows.place, prepend=-1))

    @property
    def nothing(self) -> int:
        """Scalar of shipping nothing; without `always_left`, as all scalars here."""
        return int(self.scalars.left_out @ self.demand)

    def left_units(self, units: Int64) -> Int64:
        """Return the increments (int64 ``[n]``) left out when these units are placed."""
        return self.problem.lines.demand - units @ self.atoms.content


def make_model(problem: SourcingProblem, cells: int, budget: Budget = ENDLESS) -> Model | None:
    """Build the model; ``None`` if the tiers do not fit into 64 bits.

    Raises
    ------
    OutOfTimeError
        If the budget is over before the model is there.
    """
    atoms = make_atoms(problem)
    scalars = make_scalars(problem, atoms)
    if scalars is None:
        return None
    contents = make_contents(problem, atoms)
    budget.check()
    apart = alone_cost(problem, atoms)
    refused = (apart >= NO_PRICE) | too_heavy(problem, atoms)
    apart = np.where(refused, 0, apart)
    scalars = scalars.with_unit(apart)
    cap = np.where(refused, 0, _tight_caps(problem, atoms, contents))
    demand = np.minimum(atoms.count, _reach(problem, cap))
    cap = np.minimum(cap, demand[:, None])
    short = atoms.count - demand
    budget.check()
    grid = make_grid(contents.weight_ug, demand, cells)
    rows, places = make_rows(problem, scalars, contents, grid, cap, demand, budget)
    return Model(
        problem=problem,
        atoms=atoms,
        contents=contents,
        scalars=scalars,
        grid=grid,
        rows=rows,
        places=places,
        demand=demand,
        always_left=scalars.leftover(problem, atoms.leftover) + int(scalars.left_out @ short),
        complete_is_possible=not (atoms.leftover.any() or short.any()),
        lane_cap=cap,
        apart_minor=apart,
        shared_items=shared_items(problem, contents, demand),
    )


def _tight_caps(problem: SourcingProblem, atoms: Atoms, contents: AtomContents) -> Int64:
    location = problem.lanes.location
    units = problem.limits.location_units[location] // np.maximum(1, contents.units)[:, None]
    lines = problem.limits.location_lines[location] >= contents.lines[:, None]
    return np.where(lines, np.minimum(atoms.cap, units), 0)


def _reach(problem: SourcingProblem, cap: Int64) -> Int64:
    if cap.shape[1] == 0:
        return np.zeros(cap.shape[0], dtype=np.int64)
    starts = np.flatnonzero(np.diff(problem.lanes.location, prepend=-1))
    reach: Int64 = np.maximum.reduceat(cap, starts, axis=1).sum(axis=1)
    return reach
