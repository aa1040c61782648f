"""Whether contents fit into a room, remembered: fits are a property of contents alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from routing.parcels.fit.bounds import room_bound
from routing.parcels.fit.exact import MOST_STEPS, GaveUpError, search
from routing.parcels.fit.extreme_points import MORE_SEQUENCES, place
from routing.parcels.fit.slabs import place_slabs, slabs_fit
from routing.parcels.fit.solids import Placement, Sides, Solid, six_ways

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


class Effort(NamedTuple):
    """How much is tried before a question of fit stays open.

    Attributes
    ----------
    sequences
        In which things are placed one after the other, besides sorted ones.
    steps
        Of the exact search.
    """

    sequences: int
    steps: int


ALL_THERE_IS: Final = Effort(MORE_SEQUENCES, MOST_STEPS)
"""Where nobody else is asked: a few milliseconds at most."""
BEFORE_A_JUDGE: Final = Effort(0, 600)
"""What settles nearly everything; beyond it a judge is as fast, and always knows."""


class Judge(Protocol):
    """Decides what placing things one by one leaves open."""

    def decide(self, room: Sides, solids: tuple[Solid, ...], counts: Counts) -> Fit:
        """Say whether solids fit into a room; `FitStatus.NOT_KNOWN` only for want of time.

        No bound keeps them out, and each fits by itself.
        """
        ...


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
    if not room_bound(room, solids).possible(np.array([counts], dtype=np.int64))[0]:
        return Fit(FitStatus.DOES_NOT_FIT)
    return _fit_if_possible(room, solids, counts, ALL_THERE_IS)


@lru_cache(maxsize=50_000)
def _fit_if_possible(room: Sides, solids: tuple[Solid, ...], counts: Counts, effort: Effort) -> Fit:
    """Say whether solids fit into a room that no bound keeps them out of."""
    placed = place_slabs(room, solids, counts) or place(room, solids, counts, effort.sequences)
    if placed is not None:
        return Fit(FitStatus.FITS, placed)
    try:
        found = search(room, solids, counts, effort.steps)
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
    fits_alone
        bool ``[p]``: solids that fit by themselves.
    solid_nl
        int64 ``[p]``: volume of each, rounded down.
    judge
        Decides what stays open; ``None``: nobody does.
    """

    room: Sides
    solids: tuple[Solid, ...]
    fits_alone: Bool
    solid_nl: Int64
    judge: Judge | None = None
    _refuted: list[Counts] = field(default_factory=list)
    _known: dict[Counts, Fit] = field(default_factory=dict)

    def possible(self, counts: Int64) -> Bool:
        """Return bool ``[s]``: contents (int64 ``[s, p]``) not ruled out so far.

        Grows narrower with every `fit` that is answered with no: what holds contents that
        do not fit does not fit either.
        """
        room_nl = self.room[0] * self.room[1] * self.room[2] // 1_000_000
        possible = counts @ self.solid_nl <= room_nl
        possible &= ~(counts[:, ~self.fits_alone] > 0).any(axis=1)
        open_ = np.flatnonzero(possible & (counts.sum(axis=1) > 1))
        if open_.size:
            some = counts[open_]
            passed = room_bound(self.room, self.solids).possible(some)
            for refuted in self._refuted:
                passed &= ~(some >= np.array(refuted)).all(axis=1)
            possible[open_] = passed
        return possible

    def certain(self, counts: Int64) -> Bool:
        """Return bool ``[s]``: contents that fit without further search."""
        return slabs_fit(self.room, self.solids, counts)

    def fit(self, counts: Counts) -> Fit:
        """Say whether contents fit; see `fit`."""
        if counts not in self._known:
            self._known[counts] = self._fit(counts)
        return self._known[counts]

    def judged_by(self, judge: Judge) -> RoomOracle:
        """Return an oracle that asks a judge where nothing is known, and knows what this does."""
        known = {
            counts: answer
            for counts, answer in self._known.items()
            if answer.status is not FitStatus.NOT_KNOWN
        }
        return replace(self, judge=judge, _refuted=list(self._refuted), _known=known)

    def _fit(self, counts: Counts) -> Fit:
        if not self.possible(np.array([counts], dtype=np.int64))[0]:
            return Fit(FitStatus.DOES_NOT_FIT)
        used = _used(self.solids, counts)
        effort = ALL_THERE_IS if self.judge is None else BEFORE_A_JUDGE
        answer = _fit_if_possible(self.room, *used, effort)
        if answer.status is FitStatus.NOT_KNOWN and self.judge is not None:
            answer = self.judge.decide(self.room, *used)
        if answer.status is FitStatus.DOES_NOT_FIT:
            self._refuted.append(counts)
        return _renumbered(answer, counts)


def room_oracles(rooms: Sequence[Sides], solids: tuple[Solid, ...]) -> tuple[RoomOracle, ...]:
    """Return oracles that know only what holds for any contents."""
    ways = np.array([six_ways(solid) for solid in solids], dtype=np.int64).reshape(-1, 6, 3)
    sides = np.array(rooms, dtype=np.int64).reshape(-1, 1, 1, 3)
    inside = np.array(np.array((ways[None] <= sides).all(axis=3)).any(axis=2))
    solid_nl = np.array([solid.volume_um3 // 1_000_000 for solid in solids], dtype=np.int64)
    return tuple(
        RoomOracle(room, solids, fits_alone, solid_nl)
        for room, fits_alone in zip(rooms, inside, strict=True)
    )


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
