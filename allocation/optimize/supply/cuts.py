"""Limits over several slots that an allocation breaks, in terms that a search can branch on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocation.optimize.solution import Allocation, Pick
from allocation.optimize.supply.picks import Short, pick
from allocation.optimize.supply.takes import Take, takes_of
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.supply import NO_CEILING, Supply

LINES = -1
"""Stands for the number of lines where else there is a resource."""

EVERYWHERE = -1
"""Stands for all slots together where else there is one."""


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Lines in one slot, and a resource of which they take something.

    Attributes
    ----------
    resource
        Or `LINES`, which counts the lines themselves.
    slot
        Or `EVERYWHERE`, of a single line.
    lines
        Ascending.
    """

    resource: int
    slot: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """All groups together take at most `most`; `taken` is what an allocation takes more.

    Attributes
    ----------
    taken
        Units by group, in the order of slots; groups that take nothing are among them.
    """

    taken: Mapping[Group, int]
    most: int

    @property
    def excess(self) -> int:
        """How much too much is taken, at least 1."""
        return sum(self.taken.values()) - self.most


def check(
    problem: SourcingProblem, supply: Supply, allocation: Allocation
) -> tuple[Pick, ...] | Cut:
    """Return a portion for every unit that an allocation takes, or a cut that it breaks."""
    shared = _shared_lines_cut(problem, supply, allocation)
    if shared is not None:
        return shared
    by_resource = takes_of(problem, supply, allocation)
    for resource, takes in sorted(by_resource.items()):
        total = _total_cut(supply, resource, takes)
        if total is not None:
            return total
    picks: list[Pick] = []
    for resource, takes in sorted(by_resource.items()):
        found = pick(supply, takes)
        if isinstance(found, Short):
            return _cut(supply, resource, takes, found)
        picks += [
            Pick(takes[number].lane, takes[number].line, portion, units)
            for (number, portion), units in found.items()
        ]
    return tuple(sorted(picks))


def _total_cut(supply: Supply, resource: int, takes: list[Take]) -> Cut | None:
    """Return the cut that all lines together want more than there is anywhere, if they do.

    It comes before others: which line goes short is decided once, and not anew for every
    set of slots.
    """
    taken: dict[Group, int] = {}
    for take in takes:
        group = Group(resource, EVERYWHERE, (take.line,))
        taken[group] = taken.get(group, 0) + take.units
    most = _all_there_is(supply, resource)
    return Cut(taken, most) if sum(taken.values()) > most else None


def _all_there_is(supply: Supply, resource: int) -> int:
    """Return what all portions of a resource that anybody may use can give."""
    portions = np.unique(supply.pair_portion)
    portions = portions[supply.resource[portions] == resource]
    ceiling = supply.ceiling[portions]
    total = int(supply.quantity[portions[ceiling == NO_CEILING]].sum())
    for each in np.unique(ceiling[ceiling != NO_CEILING]).tolist():
        held = int(supply.quantity[portions[ceiling == each]].sum())
        total += min(held, int(supply.ceiling_most[each]))
    return total


def _cut(supply: Supply, resource: int, takes: list[Take], short: Short) -> Cut:
    """Return the cut over all cells that have no portion but those that run short."""
    of_resource = supply.resource[supply.pair_portion] == resource
    line, slot = supply.pair_line[of_resource], supply.pair_slot[of_resource]
    inside = np.isin(supply.pair_portion[of_resource], sorted(short.portions))
    slots = int(slot.max(initial=0)) + 1
    cells, at = np.unique(line.astype(np.int64) * slots + slot, return_inverse=True)
    whole = np.bincount(at, weights=~inside) == 0
    members: dict[int, set[int]] = {}
    for cell in cells[whole].tolist():
        members.setdefault(cell % slots, set()).add(cell // slots)
    for take in takes:
        if short.portions.issuperset(take.portions):
            members.setdefault(take.slot, set()).add(take.line)
    units: dict[int, int] = {}
    for take in takes:
        if take.line in members.get(take.slot, ()):
            units[take.slot] = units.get(take.slot, 0) + take.units
    taken = {
        Group(resource, number, tuple(sorted(lines))): units.get(number, 0)
        for number, lines in sorted(members.items())
    }
    return Cut(taken, short.most)


def _shared_lines_cut(
    problem: SourcingProblem, supply: Supply, allocation: Allocation
) -> Cut | None:
    everything = tuple(range(len(problem.lines)))
    for shared in supply.shared_lines:
        taken = {Group(LINES, slot, everything): 0 for slot in shared.slots}
        for shipment in allocation.shipments:
            group = Group(LINES, int(problem.lanes.location[shipment.lane]), everything)
            if group in taken:
                taken[group] += len(shipment.quantities)
        if sum(taken.values()) > shared.most:
            return Cut(taken, shared.most)
    return None
