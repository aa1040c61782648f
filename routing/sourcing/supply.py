"""Stock portion by portion, for orders in which one portion can serve several slots or lines.

Most orders need no `Supply`: what a location has of an item is one figure, and
``SourcingProblem.available`` says everything. It takes more where lots differ in age, where
units may wait for supply that is on its way, or where one location can ship twice (now,
and once supply has come). A *portion* is units that are alike: a lot, a serial number, what
is expected on one day. A *slot* is a location of the problem, index ``l``; several slots can
stand for one stock location.

An allocation is allowed if every increment it takes can be given a portion of its own.
``available`` stays true for each slot and item by itself; what slots and lines take
together is decided by the portions.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]

NO_CEILING = -1


@dataclass(frozen=True, slots=True, eq=False)
class SharedLines:
    """Slots of one place and day, which take on at most `most` lines together.

    A line that ships from two of the slots counts twice.
    """

    slots: tuple[int, ...]
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """Portions, and which increments may be taken from them.

    Attributes
    ----------
    use
        int64 ``[n, r]``: increments of resource ``r`` that one increment of a line takes.
        A resource is an item, or a location's capacity for one day.
    resource
        int32 ``[p]``: what each portion is of.
    quantity
        int64 ``[p]``: increments in it, at least 0. Portions are in the order in which they
        should be picked.
    ceiling
        int32 ``[p]``: index of the ceiling that units from the portion count against, or
        `NO_CEILING`. All portions of a ceiling are of one resource.
    ceiling_most
        int64 ``[c]``: most units of all its portions together.
    pair_portion, pair_line, pair_slot
        int32 ``[e]``: a line's increments in a slot may be taken from the portion. Sorted
        by (line, slot, portion), without repeats.
    shared_lines
        Capacities in lines that slots share.
    """

    use: Int64
    resource: Int32
    quantity: Int64
    ceiling: Int32
    ceiling_most: Int64
    pair_portion: Int32
    pair_line: Int32
    pair_slot: Int32
    shared_lines: tuple[SharedLines, ...] = field(default=())

    def __len__(self) -> int:
        return int(self.quantity.shape[0])
