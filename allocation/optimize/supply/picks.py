"""Which portion every unit comes from: first things first, as far as all can be served.

Line by line, each takes the first of the portions open to it, unless that would leave
another line without. Taking what comes first without looking back mostly serves
everybody, and is then just that; else a greatest flow is rearranged edge by edge.
"""

from __future__ import annotations

from dataclasses import dataclass

from allocation.optimize.supply.flow import SINK, SOURCE, Flow
from allocation.optimize.supply.takes import Take
from routing.sourcing.supply import NO_CEILING, Supply

Picks = dict[tuple[int, int], int]
"""(index of the take, portion) to units, none of them 0."""


@dataclass(frozen=True, slots=True)
class Short:
    """Takes that together want more than their portions hold.

    Attributes
    ----------
    portions
        All portions open to those takes.
    most
        What those portions hold, ceilings considered.
    """

    portions: frozenset[int]
    most: int


def pick(supply: Supply, takes: list[Take]) -> Picks | Short:
    """Return a portion for every unit of takes of one resource, or why there is none."""
    easy = _first_come(supply, takes)
    return easy if easy is not None else _by_flow(supply, takes)


def _first_come(supply: Supply, takes: list[Take]) -> Picks | None:
    """Let each take in turn have the first portions that are left."""
    left: dict[int, int] = {}
    below: dict[int, int] = {}
    picks: Picks = {}
    for number, take in enumerate(takes):
        wanted = take.units
        for portion in take.portions:
            if not wanted:
                break
            room = left.get(portion, int(supply.quantity[portion]))
            ceiling = int(supply.ceiling[portion])
            most = min(wanted, room)
            if ceiling != NO_CEILING:
                most = min(most, below.setdefault(ceiling, int(supply.ceiling_most[ceiling])))
                below[ceiling] -= most
            left[portion] = room - most
            if most:
                picks[number, portion] = most
            wanted -= most
        if wanted:
            return None
    return picks


def _by_flow(supply: Supply, takes: list[Take]) -> Picks | Short:
    network = _Network(supply, takes)
    wanted = sum(take.units for take in takes)
    served = network.flow.fill()
    if served < wanted:
        return network.short(wanted - served)
    return network.first_things_first()


class _Network:
    """Source to takes to portions, to ceilings, to sink."""

    def __init__(self, supply: Supply, takes: list[Take]) -> None:
        self.takes = takes
        self.flow = Flow()
        self.edges: dict[tuple[int, int], int] = {}
        self.points: dict[int, int] = {}
        self.from_source: list[int] = []
        self.take_points: list[int] = []
        ceilings: dict[int, int] = {}
        for number, take in enumerate(takes):
            point = self.flow.point()
            self.take_points.append(point)
            self.from_source.append(self.flow.add(SOURCE, point, take.units))
            for portion in take.portions:
                if portion not in self.points:
                    self._add_portion(supply, portion, ceilings)
                edge = self.flow.add(point, self.points[portion], take.units)
                self.edges[number, portion] = edge

    def _add_portion(self, supply: Supply, portion: int, ceilings: dict[int, int]) -> None:
        point = self.points[portion] = self.flow.point()
        ceiling = int(supply.ceiling[portion])
        end = SINK
        if ceiling != NO_CEILING:
            if ceiling not in ceilings:
                ceilings[ceiling] = self.flow.point()
                self.flow.add(ceilings[ceiling], SINK, int(supply.ceiling_most[ceiling]))
            end = ceilings[ceiling]
        self.flow.add(point, end, int(supply.quantity[portion]))

    def short(self, missing: int) -> Short:
        """Return the takes on the source's side of a least cut, when not all are served."""
        reached = self.flow.reached()
        wanted = sum(
            take.units
            for take, point in zip(self.takes, self.take_points, strict=True)
            if point in reached
        )
        portions = frozenset(p for p, point in self.points.items() if point in reached)
        return Short(portions, wanted - missing)

    def first_things_first(self) -> Picks:
        """Move flow to the first edges, one after the other, as far as all stay served."""
        flow = self.flow
        for edge in self.from_source:
            flow.freeze(edge)
        picks: Picks = {}
        for (number, portion), edge in self.edges.items():
            flow.freeze(edge)
            # More on this edge is less on others: a way back from the portion to the take.
            flow.carry(edge, flow.push(self.points[portion], self.take_points[number]))
            if flow.on(edge):
                picks[number, portion] = flow.on(edge)
        return picks
