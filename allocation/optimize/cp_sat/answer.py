"""From a search's outcome to a solution with its values, bounds and status."""

from __future__ import annotations

from dataclasses import dataclass, field

from allocation.optimize.cp_sat.search import Found
from allocation.optimize.cp_sat.tiers import Stage, greatest_total
from allocation.optimize.evaluate import penalties_minor, tier_values
from allocation.optimize.greedy.book import Book, Contents
from allocation.optimize.greedy.bounds import cost_bound_minor, tier_bounds
from allocation.optimize.solution import (
    Allocation,
    ProofStatus,
    Rung,
    Shipment,
    Solution,
    SolveLimit,
)
from routing.parcels.packing import packed_price_minor


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model found.

    Attributes
    ----------
    found
        Values and proofs.
    contents
        What ships from where; ``None`` if no solution was found.
    shipments
        The same with the model's own parcels, where it has them.
    solver
        Which model, for people.
    """

    found: Found
    contents: Contents | None
    solver: str
    shipments: list[Shipment] = field(default_factory=list)


def to_solution(
    book: Book, stages: tuple[Stage, ...], answer: Answer, incumbent: Solution
) -> Solution:
    """Return the better of the answer and the incumbent, with what is proven."""
    problem = book.view.problem
    allocation, cost, values = incumbent.allocation, incumbent.cost_minor, incumbent.values
    proven = len(answer.found.proven) == len(stages)
    if answer.contents is not None:
        found, found_cost = _allocation(book, answer)
        found_values = tier_values(problem, found, found_cost)
        if found_values < values or (found_values == values and proven):
            allocation, cost, values = found, found_cost, found_values
    bounds = min(values, max(_bounds(book, stages, answer.found), incumbent.bounds))
    optimal = bounds == values
    return Solution(
        allocation,
        values,
        bounds,
        cost,
        min(cost, _cost_bound(book, stages, answer.found)),
        ProofStatus.OPTIMAL if optimal else ProofStatus.FEASIBLE,
        Rung.OR_TOOLS,
        answer.solver,
        SolveLimit.NONE if optimal else SolveLimit.TIME,
    )


def _allocation(book: Book, answer: Answer) -> tuple[Allocation, int]:
    contents = answer.contents or {}
    given = {
        int(book.view.problem.lanes.location[shipment.lane]): shipment
        for shipment in answer.shipments
    }
    shipments = []
    total = 0
    plain = book.allocation(contents)
    for shipment in plain.shipments:
        location = int(book.view.problem.lanes.location[shipment.lane])
        priced = [(_shipment_values(book, shipment), shipment)]
        if location in given:
            priced.append((_shipment_values(book, given[location]), given[location]))
        (_, cost), best = min(priced, key=lambda pair: pair[0])
        shipments.append(best)
        total += cost
    allocation = Allocation(
        tuple(sorted(shipments, key=lambda shipment: shipment.lane)), plain.unfilled
    )
    return allocation, total + penalties_minor(book.view.problem, allocation)


def _shipment_values(book: Book, shipment: Shipment) -> tuple[tuple[int, ...], int]:
    """Return what the shipment adds to each tier, and its cost with the parcels it has."""
    problem, lane = book.view.problem, shipment.lane
    tariff = problem.lanes.tariffs[int(problem.lanes.tariff[lane])]
    cost = book.evaluator.handling_cost(lane, shipment.quantities)
    for parcel in shipment.parcels:
        weight = sum(int(problem.pieces.weight_ug[piece]) * n for piece, n in parcel.pieces)
        volume = sum(int(problem.pieces.volume_nl[piece]) * n for piece, n in parcel.pieces)
        price = packed_price_minor(tariff, parcel, weight, volume)
        cost += (price + int(problem.lanes.parcel_minor[lane])) * parcel.count
    alone = Allocation((shipment,), (0,) * len(problem.lines))
    return tier_values(problem, alone, cost), cost


def _bounds(book: Book, stages: tuple[Stage, ...], found: Found) -> tuple[int, ...]:
    """Return the lexicographic bound: proven minima, one open bound, then the least possible."""
    cheap = tier_bounds(book.view)
    bounds: list[int] = []
    for index in range(len(book.view.problem.tiers)):
        mine = [number for number, stage in enumerate(stages) if stage.index == index]
        if mine[-1] < len(found.proven):
            bounds.append(sum(stages[number].scale * found.proven[number] for number in mine))
            continue
        bounds.append(max(cheap[index], _open_bound(book, stages, mine, found)))
        return (*bounds, *cheap[index + 1 :])
    return tuple(bounds)


def _open_bound(book: Book, stages: tuple[Stage, ...], mine: list[int], found: Found) -> int:
    total = 0
    for number in mine:
        stage = stages[number]
        least = -greatest_total(book.view.problem, stage.tier)
        if number < len(found.proven):
            least = found.proven[number]
        elif number == len(found.proven) and found.bound is not None:
            least = max(least, found.bound)
        total += stage.scale * least
    return total


def _cost_bound(book: Book, stages: tuple[Stage, ...], found: Found) -> int:
    """Return the bound of the landed cost, from the first tier that counts it if it is pure."""
    cheap = cost_bound_minor(book.view)
    for index, tier in enumerate(book.view.problem.tiers):
        if not tier.counts_cost:
            continue
        first = next(number for number, stage in enumerate(stages) if stage.index == index)
        mixed = any(part is not None for part in (tier.shipment, tier.unit, tier.unfilled))
        if mixed or first > len(found.proven):
            return cheap
        return max(cheap, _bounds(book, stages, found)[index])
    return cheap
