"""The shortest way to the optimum of a usual order: every set on every lane in one sweep.

Most orders have a handful of lines that are not split, light enough that one parcel is
proven cheapest for all of them together. Then all sets of lines are priced on all lanes as
one table, and the cheapest partition is the optimum. The exact rung would find the same
one, but takes ten times as long to set up what only unusual orders need: lattices of
quantities, parcel bounds, side limits. Whatever is unusual gets no answer from here.
"""

from __future__ import annotations

from typing import Final

from allocation.optimize.cheapest_partition import cheapest_partition
from allocation.optimize.cost_bound import read_cost_bound
from allocation.optimize.evaluate import tier_values
from allocation.optimize.lane_table import LaneTable, price_lanes
from allocation.optimize.solution import Allocation, ProofStatus, Rung, Shipment, Solution
from allocation.optimize.usual_order import solve_usual
from routing.parcels.packing import PackedParcel
from routing.sourcing.problem import SourcingProblem

MOST_LINES: Final = 5
_MOST_CELLS: Final = 200_000


def solve_few_lines(problem: SourcingProblem) -> Solution | None:
    """Return the optimum with its proof; ``None`` if the order is not a usual one."""
    return solve_usual(problem) or solve_by_lane(problem)


def solve_by_lane(problem: SourcingProblem) -> Solution | None:
    """Return what `solve_few_lines` does, with a look at every lane."""
    if not _is_usual(problem):
        return None
    table = price_lanes(problem)
    if table is None:
        return None
    lane = table.scalars.argmin(axis=1)
    part = table.scalars[table.numbers, lane].tolist()
    sets = cheapest_partition(part, table.left_out, table.first_is_free)
    if len(sets) > problem.limits.max_shipments:
        return None
    chosen = sorted((int(lane[number]), number) for number in sets)
    locations = {int(problem.lanes.location[each]) for each, _ in chosen}
    if len(locations) < len(chosen):
        return None
    return _solution(problem, table, chosen)


def _is_usual(problem: SourcingProblem) -> bool:
    lines, limits = problem.lines, problem.limits
    count = len(lines)
    return (
        0 < count <= MOST_LINES
        # None of the lanes has a price where cartons are used and nothing is in stock.
        and len(problem.lanes.tariffs) > 0
        and 0 < len(problem.lanes) << count <= _MOST_CELLS
        and not limits.ship_complete
        and limits.min_shipment_minor <= 0
        and limits.min_shipment_units <= 0
        and max(lines.group.tolist()) < 0
        and not (limits.line_split and max(lines.demand.tolist()) > 1)
        and not any(problem.pieces.alone.tolist())
        and problem.pieces.line.tolist() == list(range(count))
        and not any(tariff.packagings for tariff in problem.lanes.tariffs)
    )


def _solution(
    problem: SourcingProblem, table: LaneTable, chosen: list[tuple[int, int]]
) -> Solution:
    """Build the solution from (lane, set), lanes ascending."""
    demand = problem.lines.demand.tolist()
    unfilled = list(demand)
    shipments = []
    cost = max(0, len(chosen) - 1) * problem.extra_shipment_minor
    pieces = problem.pieces.per_increment.tolist()
    for lane, number in chosen:
        held = [line for line in range(len(demand)) if number >> line & 1]
        parcel = PackedParcel(tuple((line, demand[line] * pieces[line]) for line in held), 1)
        shipments.append(Shipment(lane, tuple((line, demand[line]) for line in held), (parcel,)))
        cost += table.shipment_minor(problem, number, lane)
        for line in held:
            unfilled[line] = 0
    cost += sum(
        amount * count
        for amount, count in zip(problem.unfilled_minor.tolist(), unfilled, strict=True)
    )
    allocation = Allocation(tuple(shipments), tuple(unfilled))
    values = tier_values(problem, allocation, cost)
    return Solution(
        allocation=allocation,
        values=values,
        bounds=values,
        cost_minor=cost,
        cost_bound_minor=read_cost_bound(problem, values, values, cost),
        status=ProofStatus.OPTIMAL,
        rung=Rung.EXACT_SETS,
        solver="set-partition",
    )
