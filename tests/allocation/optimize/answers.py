"""The oracle's answer as a solution, so that `verify` can judge the oracle."""

from __future__ import annotations

from collections import Counter

from allocation.optimize.solution import Allocation, ProofStatus, Rung, Shipment, Solution
from routing.parcels.packing import PackedParcel
from tests.allocation.optimize.oracle import Answer, OracleShipment


def as_solution(answer: Answer) -> Solution:
    """Return the answer as an optimal solution."""
    shipments = tuple(
        sorted((_shipment(each) for each in answer.shipments), key=lambda each: each.lane)
    )
    return Solution(
        allocation=Allocation(shipments, answer.unfilled),
        values=answer.values,
        bounds=answer.values,
        cost_minor=answer.cost_minor,
        cost_bound_minor=answer.cost_minor,
        status=ProofStatus.OPTIMAL,
        rung=Rung.EXACT_SETS,
        solver="brute force",
    )


def _shipment(shipment: OracleShipment) -> Shipment:
    parcels = tuple(
        PackedParcel(tuple((piece, number) for piece, number in enumerate(held) if number), count)
        for held, count in sorted(Counter(shipment.parcels).items())
    )
    return Shipment(shipment.lane, shipment.quantities, parcels)
