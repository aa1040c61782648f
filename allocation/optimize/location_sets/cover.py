"""Whether places together can ship what must ship, by stock and by what they still take on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.location_sets.model import Model

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """What each place can ship of each thing of which there must be enough.

    Attributes
    ----------
    cap
        int64 ``[l, c]``: units of an atom; increments, and lines, of everything.
    wanted
        int64 ``[c]``.
    """

    cap: Int64
    wanted: Int64

    def only(self, places: NDArray[np.intp]) -> Cover:
        """Return the cover by some of the places."""
        return Cover(self.cap[places], self.wanted)

    def sufficing(self, start: int, lacking: Int64) -> NDArray[np.intp]:
        """Return the places from `start` on that have all of what is lacking."""
        enough = (self.cap[start:] >= lacking).all(axis=1)
        return start + np.flatnonzero(enough)


def no_cover(places: int) -> Cover:
    """Return the cover of nothing: every place suffices."""
    return Cover(np.zeros((places, 0), dtype=np.int64), np.zeros(0, dtype=np.int64))


def make_cover(model: Model, must: NDArray[np.bool_]) -> Cover:
    """Return what all places can ship of the atoms of which nothing may be left out."""
    limits, contents = model.problem.limits, model.contents
    location = model.places.location
    units = int((contents.units * model.demand)[must].sum())
    lines = int(contents.lines[must & (model.demand > 0)].sum())
    columns = [model.places.cap[:, must]]
    wanted = model.demand[must].tolist()
    for room, needed in ((limits.location_units, units), (limits.location_lines, lines)):
        if (room[location] < needed).any():
            columns.append(np.minimum(room[location], needed)[:, None])
            wanted.append(needed)
    return Cover(np.hstack(columns), np.array(wanted, dtype=np.int64))
