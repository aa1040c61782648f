"""What each vector of a lattice holds: quantities, weights, pieces that travel alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Atoms, Lattice
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What each vector of the lattice holds.

    Attributes
    ----------
    quantities
        int64 ``[s, n]``: increments of each line.
    weight_ug, volume_nl
        int64 ``[s]``: of all pieces that may share parcels.
    shared
        bool ``[s]``: there are such pieces.
    alone
        int64 ``[s, p']``: number of each piece that travels alone; `alone_index` names them.
    """

    quantities: Int64
    weight_ug: Int64
    volume_nl: Int64
    shared: NDArray[np.bool_]
    alone: Int64
    alone_index: NDArray[np.intp]


def make_contents(problem: SourcingProblem, atoms: Atoms, lattice: Lattice) -> Contents:
    """Add up what each vector of the lattice holds."""
    pieces = problem.pieces
    quantities = lattice.vectors @ atoms.content
    shared = ~pieces.alone
    sums = np.zeros((len(problem.lines), 3), dtype=np.int64)
    number = pieces.per_increment
    columns = np.stack((number, number * pieces.weight_ug, number * pieces.volume_nl), axis=1)
    np.add.at(sums, pieces.line[shared], columns[shared])
    held = quantities @ sums
    alone_index = np.flatnonzero(pieces.alone)
    alone = quantities[:, pieces.line[alone_index]] * number[alone_index]
    return Contents(quantities, held[:, 1], held[:, 2], held[:, 0] > 0, alone, alone_index)
