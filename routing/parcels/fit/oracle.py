"""Whether contents fit into a room, remembered: fits are a property of contents alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from routing.parcels.fit.bounds import RoomBound, room_bound
from routing.parcels.fit.exact import GaveUpError, search
from routing.parcels.fit.extreme_points import place
from routing.parcels.fit.slabs import place_slabs, slabs_fit
from routing.parcels.fit.solids import Placement, Sides, Solid

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

Counts = tuple[int, ...]


class FitStatus(Enum):
    """What is known about whether contents fit."""

    FITS = "fits"
    """A way to place them is known."""
    DOES_NOT_FIT = "does_not_fit"
    """There is none, proven."""
    NOT_KNOWN = "not_known"
    """None was found, and none is ruled out: treated as not fitting, without proof."""


@dataclass(frozen=True, slots=True)
class Fit:
    """An answer and, where things fit, its witness."""

    status: FitStatus
    placements: tuple[Placement, ...] = ()


@lru_cache(maxsize=50_000)
def fit(room: Sides, solids: tuple[Solid, ...], counts: Counts) -> Fit:
    """Say whether solids fit into a room; the same question always has the same answer.

    Parameters
    ----------
    room
        Inner sides, the last vertical.
    solids
        Kinds of solids.
    counts
        How many of each kind, 0 or more.
    """
    vector = np.array([counts], dtype=np.int64)
    if not room_bound(room, solids).possible(vector)[0]:
        return Fit(FitStatus.DOES_NOT_FIT)
    placed = place_slabs(room, solids, counts) or place(room, solids, counts)
    if placed is not None:
        return Fit(FitStatus.FITS, placed)
    try:
        found = search(room, solids, counts)
    except GaveUpError:
        return Fit(FitStatus.NOT_KNOWN)
    return Fit(FitStatus.DOES_NOT_FIT) if found is None else Fit(FitStatus.FITS, found)


@dataclass(slots=True, eq=False)
class RoomOracle:
    """What is known about one room and the kinds of solids of one order.

    Attributes
    ----------
    room
        Inner sides in micrometres.
    solids
        Kinds of solids, as contents count them.
    """

    room: Sides
    solids: tuple[Solid, ...]
    _bound: RoomBound
    _refuted: list[Counts]
    _known: dict[Counts, Fit]

    @classmethod
    def of(cls, room: Sides, solids: Sequence[Solid]) -> RoomOracle:
        """Return an oracle that knows only what holds for any contents."""
        return cls(room, tuple(solids), room_bound(room, solids), [], {})

    def possible(self, counts: Int64) -> Bool:
        """Return bool ``[s]``: contents (int64 ``[s, p]``) not ruled out so far.

        Grows narrower with every `fit` that is answered with no: what holds contents that
        do not fit does not fit either.
        """
        possible = self._bound.possible(counts)
        for refuted in self._refuted:
            possible &= ~(counts >= np.array(refuted)).all(axis=1)
        return possible

    def certain(self, counts: Int64) -> Bool:
        """Return bool ``[s]``: contents that fit without further search."""
        return slabs_fit(self.room, self.solids, counts)

    def fit(self, counts: Counts) -> Fit:
        """Say whether contents fit; see `fit`."""
        if counts not in self._known:
            answer = fit(self.room, *_used(self.solids, counts))
            if answer.status is FitStatus.DOES_NOT_FIT:
                self._refuted.append(counts)
            self._known[counts] = _renumbered(answer, counts)
        return self._known[counts]


def _used(solids: tuple[Solid, ...], counts: Counts) -> tuple[tuple[Solid, ...], Counts]:
    """Return the kinds there are some of, so that other orders share the answer."""
    used = [at for at, count in enumerate(counts) if count]
    return tuple(solids[at] for at in used), tuple(counts[at] for at in used)


def _renumbered(answer: Fit, counts: Counts) -> Fit:
    used = [at for at, count in enumerate(counts) if count]
    return Fit(
        answer.status,
        tuple(Placement(used[each.piece], each.at_um, each.sides_um) for each in answer.placements),
    )
