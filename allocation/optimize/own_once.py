"""Partitions in which some owners ship at most once each, and anything else any number of times.

First the partition without owners, then one owner after the other:
``any[v] = min(any[v], min over p <= v of (owner[p] + any[v - p]))``. With a limit on the number
of parts there is one such array per number; each part then draws on the array before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Lattice
from allocation.optimize.partition import layered
from routing.parcels.partition import INFINITE, Pairs, pairs_of, partition

Int64 = NDArray[np.int64]

NO_OWNER = -1


@dataclass(frozen=True, slots=True, eq=False)
class OwnOnce:
    """The values of all vectors, and how they come about.

    Attributes
    ----------
    lattice
        Of the vectors.
    part
        int64 ``[s]``: value of each vector as a part without owner.
    owners
        int64 ``[s]`` each: value of each vector as the part of an owner.
    left_out
        int64 ``[s]``: value of leaving out all of each vector, without any part.
    stages
        int64 ``[m, s]`` each: least values without owners, then with one more each time. Row
        ``n`` allows ``n`` parts; a single row allows any number. The last vector has at
        least one part.
    last_ships
        Whether the last vector has a part of the last owner.
    """

    lattice: Lattice
    part: Int64
    owners: tuple[Int64, ...]
    left_out: Int64
    stages: tuple[Int64, ...]
    last_ships: bool = False

    @property
    def least(self) -> int:
        """Value of the last vector; about `INFINITE` if it has no plan with a part."""
        return int(self.stages[-1][-1, -1])

    def parts(self) -> tuple[list[tuple[int, int]], int]:
        """Return (owner or `NO_OWNER`, vector) of a least plan, and the vector left out."""
        row, state = self.stages[-1].shape[0] - 1, self.lattice.size - 1
        found: list[tuple[int, int]] = []
        for owner in range(len(self.owners) - 1, -1, -1):
            before, value = self.stages[owner], int(self.stages[owner + 1][row, state])
            must = self.last_ships and not found and owner == len(self.owners) - 1
            if must or before[row, state] != value:
                row = self._below(row)
                vector = self._taken(self.owners[owner], before[row], state, value)
                found.append((owner, vector))
                state -= vector
        values = self.stages[0]
        while not found or values[row, state] != self.left_out[state]:
            value, row = int(values[row, state]), self._below(row)
            vector = self._taken(self.part, values[row], state, value)
            found.append((NO_OWNER, vector))
            state -= vector
        return found, state

    def _below(self, row: int) -> int:
        return row - 1 if self.stages[0].shape[0] > 1 else row

    def _taken(self, part: Int64, rest: Int64, state: int, value: int) -> int:
        """Return the largest part of a vector that leads to its value."""
        vectors = self.lattice.vectors
        within = (vectors[1 : state + 1] <= vectors[state]).all(axis=1)
        options = 1 + np.flatnonzero(within)
        hits = options[part[options] + rest[state - options] == value]
        if hits.size == 0:
            raise AssertionError("a partition does not add up to its value")
        return int(hits[-1])


def own_once(
    lattice: Lattice,
    part: Int64,
    owners: tuple[Int64, ...],
    left_out: Int64 | None,
    most_parts: int | None,
    *,
    last_ships: bool = False,
) -> OwnOnce:
    """Find the least plan of every vector.

    Parameters
    ----------
    part
        int64 ``[s]``: value of each vector as a part without owner; `INFINITE` if it
        cannot be one. The empty vector cannot.
    owners
        The same for each owner, who makes at most one part.
    left_out
        int64 ``[a]``: value of leaving out one unit of an axis; ``None`` if nothing may be.
    most_parts
        Most parts, at least 1; ``None`` for any number.
    last_ships
        Whether the last owner has to make a part of the last vector.
    """
    shape = lattice.shape
    nothing = partition(shape, np.full_like(part, INFINITE), left_out)
    if most_parts is None:
        values = partition(shape, part, left_out)[None, :]
        values[0, -1] = (part + values[0, ::-1]).min()
    else:
        values = layered(shape, part, left_out, most_parts)
        values[1:, -1] = (part + values[:-1, ::-1]).min(axis=1)
        values[0, -1] = INFINITE
    stages = [values]
    for owner in owners:
        stages.append(_with(pairs_of(shape), owner, stages[-1]))
    if last_ships:
        before, after = stages[-2:]
        fewer = before[:-1] if before.shape[0] > 1 else before
        after[:, -1] = INFINITE
        after[-fewer.shape[0] :, -1] = (owners[-1] + fewer[:, ::-1]).min(axis=1)
    return OwnOnce(lattice, part, owners, nothing, tuple(stages), last_ships)


def _with(pairs: Pairs, owner: Int64, values: Int64) -> Int64:
    """Return the least values with at most one part of an owner added."""
    after = values.copy()
    limited = values.shape[0] > 1
    for before, best in zip(values, after[1:] if limited else after, strict=False):
        total = owner[pairs.part] + before[pairs.rest]
        np.minimum(best, np.minimum.reduceat(total, pairs.start), out=best)
    return np.minimum(after, INFINITE)
