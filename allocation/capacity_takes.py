"""What a plan takes of the days of locations that have limits."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.optimize.solution import Allocation
from routing.daily_capacity import WHOLE_ORDER, CapacityTake, Measure
from routing.ids import LineId
from routing.location_facts import UNLIMITED
from routing.network import Network
from routing.sourcing.build import Sourcing
from routing.sourcing.portions import THERE_S


def capacity_takes(
    network: Network, sourcing: Sourcing, allocation: Allocation
) -> tuple[CapacityTake, ...]:
    """Return what is taken, by location, measure and line; nothing where nothing is limited.

    Counted is what leaves on the day for which there was room; what waits for supply leaves
    on another day, and nobody knows today how full that will be.
    """
    if not sourcing.room.days:
        return ()
    units: dict[int, dict[LineId, int]] = {}
    for shipment in allocation.shipments:
        slot = sourcing.problem.lanes.location[shipment.lane]
        place = int(sourcing.places[slot])
        if place not in sourcing.room.days or sourcing.start_s[slot] != THERE_S:
            continue
        of_place = units.setdefault(place, {})
        for line, increments in shipment.quantities:
            line_id = sourcing.lines[line].id
            of_place[line_id] = of_place.get(line_id, 0) + increments
    return tuple(
        CapacityTake(
            network.locations[place].id,
            sourcing.room.days[place],
            measure,
            quantity,
            int(sourcing.room.most[measure][place]),
            line_id,
        )
        for place in sorted(units)
        for measure, line_id, quantity in _measures(units[place])
        if sourcing.room.most[measure][place] < UNLIMITED
    )


def _measures(units: dict[LineId, int]) -> Iterator[tuple[Measure, LineId, int]]:
    yield Measure.ORDERS, WHOLE_ORDER, 1
    for line_id in sorted(units):
        yield Measure.LINES, line_id, 1
        yield Measure.UNITS, line_id, units[line_id]
