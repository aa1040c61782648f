"""All sets of locations that could be a better plan: they suffice, and no price proof bars them.

Sets grow by a location that has something of the scarcest atom that is still short, so that
every set that suffices is met; when nothing is short any location may join. A set is
dropped as soon as its reduced costs leave no room for the locations still to come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Sets of locations, least reduced costs first.

    Attributes
    ----------
    members
        int16 ``[s, m]``: ascending places.
    reduced
        int64 ``[s]``: sum of their reduced costs.
    """

    members: NDArray[np.int16]
    reduced: Int64


def no_sets(number: int) -> Sets:
    """Return no set of so many places."""
    return Sets(np.zeros((0, number), dtype=np.int16), np.zeros(0, dtype=np.int64))


def sufficient_sets(
    need: Int64, supply: Int64, reduced: Int64, number: int, below: int, most: int
) -> Sets | None:
    """Return all sets of `number` places that suffice; ``None`` if they are too many.

    Parameters
    ----------
    need
        int64 ``[c]``: what the set must have of each thing.
    supply
        int64 ``[l, c]``.
    reduced
        int64 ``[l]``.
    number
        Size of the sets, at least 1.
    below
        Sum of reduced costs that no set may reach.
    most
        Most sets looked at in one go.
    """
    scarce = np.argsort((supply > 0).sum(axis=0), kind="stable")
    need32 = np.minimum(need[scarce], 2**30).astype(np.int32)
    supply32 = np.minimum(supply[:, scarce], need32).astype(np.int32)
    order = np.argsort(reduced, kind="stable")
    least = np.concatenate(([0], np.cumsum(reduced[order][:number])))
    members = np.zeros((1, 0), dtype=np.int16)
    total = np.zeros(1, dtype=np.int64)
    short = need32[None, :]
    greatest = supply32.max(axis=0, initial=0)
    for size in range(number):
        room = below - total - _to_come(least, number - size - 1)
        grown = _grow(members, total, short, supply32, reduced, order, room, most)
        if grown is None:
            return None
        members, total, short = grown
        possible = (short <= greatest * (number - size - 1)).all(axis=1)
        members, total, short = members[possible], total[possible], short[possible]
        members, total, short = _distinct(members, total, short)
    rank = np.argsort(total, kind="stable")
    return Sets(members[rank], total[rank])


def _to_come(least: Int64, number: int) -> int:
    return int(least[min(number, least.size - 1)])


def _grow(
    members: NDArray[np.int16],
    total: Int64,
    short: Int32,
    supply: Int32,
    reduced: Int64,
    order: NDArray[np.intp],
    room: Int64,
    most: int,
) -> tuple[NDArray[np.int16], Int64, Int32] | None:
    """Add one place to every set in all ways that may lead somewhere."""
    lacking = short > 0
    branch = np.full(total.size, -1, dtype=np.intp)
    if short.shape[1]:
        branch = np.where(lacking.any(axis=1), lacking.argmax(axis=1), branch)
    nowhere = np.zeros(0, dtype=np.intp)
    parents, children = [nowhere], [nowhere]
    count = 0
    for thing in np.unique(branch).tolist():
        able = order if thing < 0 else order[supply[order, thing] > 0]
        states = np.flatnonzero(branch == thing)
        ends = np.searchsorted(reduced[able], room[states], side="left")
        count += int(ends.sum())
        if count > most:
            return None
        parents.append(np.repeat(states, ends))
        within = np.arange(int(ends.sum())) - np.repeat(np.cumsum(ends) - ends, ends)
        children.append(able[within])
    parent, child = np.concatenate(parents), np.concatenate(children)
    fresh = (members[parent] != child[:, None]).all(axis=1)
    parent, child = parent[fresh], child[fresh]
    grown = np.concatenate((members[parent], child[:, None].astype(np.int16)), axis=1)
    left = np.maximum(short[parent] - supply[child], 0)
    return np.sort(grown, axis=1), total[parent] + reduced[child], left


def _distinct(
    members: NDArray[np.int16], total: Int64, short: Int32
) -> tuple[NDArray[np.int16], Int64, Int32]:
    if members.shape[0] < 2 or members.shape[1] < 2:
        return members, total, short
    base = int(members.max()) + 1
    if base ** members.shape[1] < 2**62:
        key = members.astype(np.int64) @ base ** np.arange(members.shape[1], dtype=np.int64)
        _, first = np.unique(key, return_index=True)
    else:
        _, first = np.unique(members, axis=0, return_index=True)
    return members[first], total[first], short[first]
