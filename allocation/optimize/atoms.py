"""Atoms: what an allocation may place separately, and the lattice of their multiples.

An atom is a whole line (or a whole group of lines) where lines are not split, and
a single increment of a line where they are. Every shipment carries a vector ``v`` of
atoms with ``0 <= v <= count``; these vectors form a lattice that is numbered in mixed
radix, axis 0 fastest, so that ``number(v) - number(p) == number(v - p)`` for ``p <= v``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Atoms:
    """The atoms of a problem that can be placed at all.

    Attributes
    ----------
    content
        int64 ``[a, n]``: increments of each line in one atom.
    count
        int64 ``[a]``: how many of each there are, at least 1.
    cap
        int64 ``[a, j]``: most of each on a lane, its items looked at one atom kind at
        a time; 0 where not eligible.
    leftover
        int64 ``[n]``: increments that no lane can take; unfilled whatever happens.
    """

    content: Int64
    count: Int64
    cap: Int64
    leftover: Int64

    def lattice_size(self) -> int:
        """Return the number of vectors, exactly."""
        size = 1
        for count in self.count.tolist():
            size *= count + 1
        return size


def make_atoms(problem: SourcingProblem) -> Atoms:
    """Find the atoms of a problem; those that fit on no lane are left over."""
    members = _members(problem)
    lines = problem.lines
    content = np.zeros((len(members), len(lines)), dtype=np.int64)
    count = np.ones(len(members), dtype=np.int64)
    for atom, (group, whole) in enumerate(members):
        content[atom, group] = lines.demand[group] if whole else 1
        if not whole:
            count[atom] = lines.demand[group[0]]
    cap = _caps(problem, content, count)
    reach = _reach(problem, cap)
    kept = np.flatnonzero(reach > 0)
    count = np.minimum(count, reach)
    placed = (content * count[:, None])[kept].sum(axis=0)
    return Atoms(content[kept], count[kept], cap[kept], lines.demand - placed)


def _members(problem: SourcingProblem) -> list[tuple[list[int], bool]]:
    """Return (lines, whole) of each atom, in line order."""
    groups: dict[int, list[int]] = {}
    members: list[tuple[list[int], bool]] = []
    for line, group in enumerate(problem.lines.group.tolist()):
        if group < 0:
            whole = not problem.limits.line_split or int(problem.lines.demand[line]) == 1
            members.append(([line], whole))
        elif group in groups:
            groups[group].append(line)
        else:
            groups[group] = [line]
            members.append((groups[group], True))
    return members


def _caps(problem: SourcingProblem, content: Int64, count: Int64) -> Int64:
    need = content @ problem.lines.use
    fits = np.repeat(count[:, None], problem.n_locations, axis=1)
    for atom, item in zip(*np.nonzero(need), strict=True):
        if count[atom] == 1:
            # One whole line: a comparison is much cheaper than a division.
            fits[atom] &= problem.available[item] >= need[atom, item]
        else:
            np.minimum(fits[atom], problem.available[item] // need[atom, item], out=fits[atom])
    cap = fits[:, problem.lanes.location]
    for atom in range(content.shape[0]):
        for line in np.flatnonzero(content[atom]).tolist():
            cap[atom] *= problem.lanes.eligible[line]
    return cap


def _reach(problem: SourcingProblem, cap: Int64) -> Int64:
    """Most of each atom over all locations together; each location counts once."""
    if cap.shape[1] == 0:
        return np.zeros(cap.shape[0], dtype=np.int64)
    starts = np.flatnonzero(np.diff(problem.lanes.location, prepend=-1))
    reach: Int64 = np.maximum.reduceat(cap, starts, axis=1).sum(axis=1)
    return reach


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """All vectors ``0 <= v <= count``.

    Attributes
    ----------
    shape
        ``count + 1`` per axis.
    stride
        int64 ``[a]``: ``stride[0] == 1``.
    vectors
        int64 ``[s, a]``: row ``r`` is the vector with number ``r``.
    """

    shape: tuple[int, ...]
    stride: Int64
    vectors: Int64

    @property
    def size(self) -> int:
        """Number of vectors."""
        return int(self.vectors.shape[0])


def make_lattice(count: Int64) -> Lattice:
    """Enumerate the lattice of a count vector."""
    shape = tuple(int(number) + 1 for number in count)
    stride = np.concatenate(([1], np.cumprod(shape)[:-1])).astype(np.int64) if shape else count
    size = int(np.prod(shape, dtype=np.int64)) if shape else 1
    numbers = np.arange(size, dtype=np.int64)[:, None]
    vectors = numbers // stride % np.array(shape, dtype=np.int64)
    return Lattice(shape, stride, vectors)
