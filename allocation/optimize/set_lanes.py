"""Single lanes and locations of the set tables, which are kept by class of lanes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.lane_classes import SideLimits, classify
from allocation.optimize.set_table import SetTables
from routing.parcels.partition import INFINITE

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """The best shipment of every vector.

    Attributes
    ----------
    scalar
        int64 ``[s]``: `INFINITE` where there is none.
    lane
        int64 ``[s]``: a lane that attains it.
    """

    scalar: Int64
    lane: Int64


@dataclass(frozen=True, slots=True, eq=False)
class SetLanes:
    """Asks the tables about lanes and locations.

    Attributes
    ----------
    tables, sides
        Of the same problem.
    """

    tables: SetTables
    sides: SideLimits

    def at(self, location: int) -> list[int]:
        """Return the useful lanes of a location, ascending."""
        here = np.flatnonzero(self.tables.problem.lanes.location == location)
        return [int(lane) for lane in here if self.tables.classes.of_lane[lane] >= 0]

    def able(self, lane: int) -> NDArray[np.bool_]:
        """Return bool ``[s]``: the vectors that a lane can carry."""
        tables = self.tables
        fits = np.array((tables.lattice.vectors <= tables.atoms.cap[:, lane]).all(axis=1))
        if self.sides.load.size:
            bound = self.sides.bound[:, tables.problem.lanes.location[lane], None]
            fits &= (self.sides.load <= bound).all(axis=0)
        return fits

    def scalar(self, lane: int, scalars: Int64) -> Int64:
        """Return int64 ``[s]``: scalar of each vector on one lane, as its class prices it.

        The class's own tie-break location is exchanged for the lane's.

        Parameters
        ----------
        scalars
            int64 ``[c, s]``: by class.
        """
        tables = self.tables
        number = int(tables.classes.of_lane[lane])
        row = scalars[number]
        location = tables.problem.lanes.location
        own = int(location[lane])
        stand_in = location[np.where(row < INFINITE, tables.classes.first[number], lane)]
        shift = (own - stand_in) * tables.scalarization.location_weight
        return np.where(row < INFINITE, row + shift, INFINITE)

    def offers_at(self, location: int, scalars: Int64) -> Offers:
        """Return the best shipments from one location."""
        size = self.tables.lattice.size
        best = np.full(size, INFINITE, dtype=np.int64)
        lane_of = np.zeros(size, dtype=np.int64)
        for lane in self.at(location):
            value = np.where(self.able(lane), self.scalar(lane, scalars), INFINITE)
            better = value < best
            best = np.where(better, value, best)
            lane_of = np.where(better, lane, lane_of)
        return Offers(best, lane_of)

    def offers(self, scalars: Int64) -> Offers:
        """Return the best shipments from anywhere."""
        return _least(self.tables, scalars)

    def offers_without(self, locations: tuple[int, ...], *, optimistic: bool) -> Offers:
        """Return the best shipments from anywhere but some locations.

        Parameters
        ----------
        optimistic
            Whether prices that are not settled count at their lower ends.
        """
        others = self.tables_without(locations)
        return _least(others, others.class_scalars(optimistic=optimistic))

    def tables_without(self, locations: tuple[int, ...]) -> SetTables:
        """Return the tables without some locations; what parcels cost is shared."""
        return self.tables_on(~np.isin(self.tables.problem.lanes.location, locations))

    def tables_on(self, open_lanes: NDArray[np.bool_]) -> SetTables:
        """Return the tables of some lanes, bool ``[j]``; what parcels cost is shared."""
        tables = self.tables
        atoms = replace(tables.atoms, cap=np.where(open_lanes, tables.atoms.cap, 0))
        classes = classify(tables.problem, atoms, tables.lattice, self.sides)
        same = tables.classes.of_lane[classes.example]
        return replace(
            tables,
            atoms=atoms,
            classes=classes,
            row=tables.row[same],
            fixed=tables.fixed[same],
            base=tables.base[same],
        )


def _least(tables: SetTables, scalars: Int64) -> Offers:
    if scalars.shape[0] == 0:
        size = tables.lattice.size
        return Offers(np.full(size, INFINITE, dtype=np.int64), np.zeros(size, dtype=np.int64))
    choice = scalars.argmin(axis=0)
    every = np.arange(choice.size)
    return Offers(scalars[choice, every], tables.classes.first[choice, every].astype(np.int64))
