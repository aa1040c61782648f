"""What an allocation takes of each resource, by line and slot, and from what it may."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.solution import Allocation
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.supply import Supply


@dataclass(frozen=True, slots=True)
class Take:
    """Units of one resource that a line takes in a slot, and the portions open to it.

    Attributes
    ----------
    portions
        In the order in which they should be picked.
    """

    line: int
    slot: int
    lane: int
    units: int
    portions: tuple[int, ...]


@dataclass(slots=True, eq=False)
class PairIndex:
    """Finds the portions of a line in a slot."""

    supply: Supply
    _key: NDArray[np.int64] = field(init=False)
    _slots: int = field(init=False)

    def __post_init__(self) -> None:
        self._slots = int(self.supply.pair_slot.max(initial=0)) + 1
        self._key = self.supply.pair_line.astype(np.int64) * self._slots + self.supply.pair_slot

    def portions(self, line: int, slot: int) -> NDArray[np.int32]:
        """Return the portions that a line may use in a slot, of all resources."""
        if slot >= self._slots:
            return self.supply.pair_portion[:0]
        key = line * self._slots + slot
        start, stop = np.searchsorted(self._key, [key, key + 1])
        return self.supply.pair_portion[start:stop]


def takes_of(
    problem: SourcingProblem, supply: Supply, allocation: Allocation
) -> dict[int, list[Take]]:
    """Return the takes of an allocation by resource, in the order of (line, slot)."""
    index = PairIndex(supply)
    found: dict[int, list[Take]] = {}
    for shipment in allocation.shipments:
        slot = int(problem.lanes.location[shipment.lane])
        for line, number in shipment.quantities:
            portions = index.portions(line, slot)
            kinds = supply.resource[portions]
            for resource in np.flatnonzero(supply.use[line]).tolist():
                units = number * int(supply.use[line, resource])
                open_to = tuple(portions[kinds == resource].tolist())
                found.setdefault(resource, []).append(
                    Take(line, slot, shipment.lane, units, open_to)
                )
    for takes in found.values():
        takes.sort(key=lambda take: (take.line, take.slot))
    return found
