"""The part of `verify` for stock shared portion by portion: every unit is accounted for."""

from __future__ import annotations

from collections import Counter

import numpy as np

from allocation.optimize.solution import Allocation
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.supply import NO_CEILING, Supply


def supply_problems(problem: SourcingProblem, allocation: Allocation) -> list[str]:
    """Return what is wrong with the picks of an allocation."""
    if problem.supply is None:
        return [f"{len(allocation.picks)} picks without supply"] if allocation.picks else []
    found = _form_problems(problem, problem.supply, allocation)
    if not found:
        found = _amount_problems(problem.supply, allocation)
        found += _portion_problems(problem, problem.supply, allocation)
    return found + _shared_lines_problems(problem, problem.supply, allocation)


def _form_problems(problem: SourcingProblem, supply: Supply, allocation: Allocation) -> list[str]:
    found = []
    for pick in allocation.picks:
        if pick.units < 1 or not 0 <= pick.portion < len(supply):
            found.append(f"{pick} is of nothing")
        elif not 0 <= pick.line < len(problem.lines):
            found.append(f"{pick} is for no line")
        elif pick.lane not in {shipment.lane for shipment in allocation.shipments}:
            found.append(f"{pick} is in no shipment")
    if list(allocation.picks) != sorted(set(allocation.picks)):
        found.append("picks are not sorted or repeat themselves")
    return found


def _amount_problems(supply: Supply, allocation: Allocation) -> list[str]:
    """Compare what each line takes of each resource with what is picked for it."""
    picked: Counter[tuple[int, int, int]] = Counter()
    for pick in allocation.picks:
        picked[pick.lane, pick.line, int(supply.resource[pick.portion])] += pick.units
    wanted: Counter[tuple[int, int, int]] = Counter()
    for shipment in allocation.shipments:
        for line, quantity in shipment.quantities:
            for resource, each in enumerate(supply.use[line].tolist()):
                if each:
                    wanted[shipment.lane, line, resource] += each * quantity
    return [
        f"lane {lane}, line {line}: {picked[lane, line, resource]} picked of resource "
        f"{resource}, {wanted[lane, line, resource]} taken"
        for lane, line, resource in sorted(set(picked) | set(wanted))
        if picked[lane, line, resource] != wanted[lane, line, resource]
    ]


def _portion_problems(
    problem: SourcingProblem, supply: Supply, allocation: Allocation
) -> list[str]:
    """Check that portions are open to who picks them, and hold what is picked."""
    found = []
    picked: Counter[int] = Counter()
    for pick in allocation.picks:
        slot = int(problem.lanes.location[pick.lane])
        open_to = (supply.pair_line == pick.line) & (supply.pair_slot == slot)
        if not np.any(supply.pair_portion[open_to] == pick.portion):
            found.append(f"portion {pick.portion} is not for line {pick.line} in slot {slot}")
        picked[pick.portion] += pick.units
    counted: Counter[int] = Counter()
    for portion, units in sorted(picked.items()):
        if units > int(supply.quantity[portion]):
            found.append(f"portion {portion}: {units} picked of {supply.quantity[portion]}")
        counted[int(supply.ceiling[portion])] += units
    found += [
        f"ceiling {ceiling}: {units} of at most {supply.ceiling_most[ceiling]}"
        for ceiling, units in sorted(counted.items())
        if ceiling != NO_CEILING and units > int(supply.ceiling_most[ceiling])
    ]
    return found


def _shared_lines_problems(
    problem: SourcingProblem, supply: Supply, allocation: Allocation
) -> list[str]:
    found = []
    for shared in supply.shared_lines:
        lines = sum(
            len(shipment.quantities)
            for shipment in allocation.shipments
            if int(problem.lanes.location[shipment.lane]) in shared.slots
        )
        if lines > shared.most:
            found.append(f"slots {shared.slots}: {lines} lines of at most {shared.most}")
    return found
