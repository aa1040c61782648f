"""What a plan takes of the days of locations, and adds to volumes that are counted."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.optimize.solution import Allocation
from routing.daily_capacity import (
    ORDER_MEASURES,
    WHOLE_ORDER,
    WITHOUT_LIMIT,
    CapacityTake,
    Measure,
)
from routing.ids import LineId
from routing.location_facts import UNLIMITED
from routing.network import Network
from routing.sourcing.build import Sourcing
from routing.sourcing.portions import THERE_S


def capacity_takes(
    network: Network, sourcing: Sourcing, allocation: Allocation
) -> tuple[CapacityTake, ...]:
    """Return what is taken, by location, measure and line; nothing where nothing is counted.

    Counted of a day is what leaves on the day for which there was room; what waits for supply
    leaves on another day, and nobody knows today how full that will be.
    """
    days = _of_days(network, sourcing, allocation) if sourcing.room.days else ()
    return days + _of_periods(network, sourcing, allocation)


def _of_days(
    network: Network, sourcing: Sourcing, allocation: Allocation
) -> tuple[CapacityTake, ...]:
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


def _of_periods(
    network: Network, sourcing: Sourcing, allocation: Allocation
) -> tuple[CapacityTake, ...]:
    """Return what is added to the volumes that commitments are about, each counter once."""
    counted = {(each.measure, each.last_day) for each in sourcing.ruling.volume}
    if not counted:
        return ()
    units: dict[int, dict[LineId, int]] = {}
    for shipment in allocation.shipments:
        place = int(sourcing.facts.location[shipment.lane])
        of_place = units.setdefault(place, {})
        for line, increments in shipment.quantities:
            line_id = sourcing.lines[line].id
            of_place[line_id] = of_place.get(line_id, 0) + increments
    found = []
    for measure, last_day in sorted(counted, key=lambda each: (each[0].value, each[1])):
        for place in sorted(units):
            whole = [(WHOLE_ORDER, 1)]
            parts = whole if measure in ORDER_MEASURES else sorted(units[place].items())
            found += [
                CapacityTake(
                    network.locations[place].id,
                    last_day,
                    measure,
                    quantity,
                    WITHOUT_LIMIT,
                    line_id,
                )
                for line_id, quantity in parts
            ]
    return tuple(found)


def _measures(units: dict[LineId, int]) -> Iterator[tuple[Measure, LineId, int]]:
    yield Measure.ORDERS, WHOLE_ORDER, 1
    for line_id in sorted(units):
        yield Measure.LINES, line_id, 1
        yield Measure.UNITS, line_id, units[line_id]
