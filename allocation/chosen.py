"""Which lines of a sourcing problem stand for the lines of the order."""

from __future__ import annotations

from allocation.optimize.solution import Allocation
from routing.ids import LineId
from routing.sourcing.build import Sourcing


def chosen_lines(sourcing: Sourcing, allocation: Allocation) -> dict[LineId, int]:
    """Return the number of the line that each line of the order is filled with.

    That is the line itself or one of its substitutes: the one of which something ships or
    is left out.
    """
    if not max([line.substitute_rank for line in sourcing.lines], default=0):
        return {line.id: number for number, line in enumerate(sourcing.lines)}
    shipped = {line for shipment in allocation.shipments for line, _ in shipment.quantities}
    found: dict[LineId, int] = {}
    for number, line in enumerate(sourcing.lines):
        if line.id not in found or number in shipped or allocation.unfilled[number]:
            found[line.id] = number
    return found
