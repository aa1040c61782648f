"""A plan of lines merged into one, told line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.solution import Allocation, Shipment, Solution
from routing.parcels.packing import PackedParcel
from routing.sourcing.problem import Int64, SourcingProblem


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """A problem with fewer lines, whose plans are those of the whole one.

    Attributes
    ----------
    problem
        One line for each class. Pieces keep their numbers: only those of its first line occur.
    whole
        The problem that it was made of.
    classes
        intp each, ascending: the lines of the whole problem that are alike.
    size
        int64 ``[n]``: increments of a line of the whole problem that are one here.
    """

    problem: SourcingProblem
    whole: SourcingProblem
    classes: tuple[NDArray[np.intp], ...]
    size: Int64

    def apart(self, solution: Solution) -> Solution:
        """Return a solution as one of the whole problem.

        The lines of a class are served in their order by the shipments in theirs.
        """
        left = self.whole.lines.demand.copy()
        shipments = tuple(self._shipment(each, left) for each in solution.allocation.shipments)
        return replace(solution, allocation=Allocation(shipments, tuple(left.tolist())))

    def _shipment(self, shipment: Shipment, left: Int64) -> Shipment:
        """Return a shipment of the lines that come next; lower what is `left` of them."""
        taken: dict[int, int] = {}
        for number, units in shipment.quantities:
            lines = self.classes[number]
            wanted = units * int(self.size[lines[0]])
            for line in lines.tolist():
                some = min(wanted, int(left[line]))
                if some:
                    taken[line] = some
                    left[line] -= some
                    wanted -= some
        quantities = tuple(sorted(taken.items()))
        return Shipment(shipment.lane, quantities, self._parcels(shipment, taken))

    def _parcels(self, shipment: Shipment, taken: dict[int, int]) -> tuple[PackedParcel, ...]:
        """Return the parcels with the pieces of the lines that really are in them."""
        supply = self._pieces(taken)
        found = [_with(parcel, supply) for parcel in shipment.parcels for _ in range(parcel.count)]
        return tuple(replace(parcel, count=sum(1 for _ in same)) for parcel, same in groupby(found))

    def _pieces(self, taken: dict[int, int]) -> dict[int, Iterator[int]]:
        """Return, for each piece of a first line, the pieces that there are in its place."""
        pieces = self.whole.pieces
        of_line: dict[int, list[int]] = {}
        for piece, line in enumerate(pieces.line.tolist()):
            of_line.setdefault(line, []).append(piece)
        found: dict[int, list[int]] = {}
        for lines in self.classes:
            for line in lines.tolist():
                # Pieces of lines that are alike come in the same order.
                for stands, piece in zip(of_line[lines[0]], of_line[line], strict=True):
                    number = taken.get(line, 0) * int(pieces.per_increment[piece])
                    found.setdefault(stands, []).extend([piece] * number)
        return {piece: iter(each) for piece, each in found.items()}


def _with(parcel: PackedParcel, supply: dict[int, Iterator[int]]) -> PackedParcel:
    """Return one parcel with the next pieces in the place of those that stand for them."""
    drawn = {stands: list(islice(supply[stands], count)) for stands, count in parcel.pieces}
    placed = {stands: iter(pieces) for stands, pieces in drawn.items()}
    return replace(
        parcel,
        pieces=tuple(sorted(Counter(chain(*drawn.values())).items())),
        count=1,
        placements=tuple(
            each._replace(piece=next(placed[each.piece])) for each in parcel.placements
        ),
    )
