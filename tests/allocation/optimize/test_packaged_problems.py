"""Every solver against the brute force where parcels come in cartons and pay for their size."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache

import pytest

from allocation.optimize.solution import Allocation, ProofStatus, Solution
from allocation.optimize.verify import verify
from routing.parcels.fit.solids import Placement
from routing.rating.packaging import NO_CARTON
from tests.allocation.optimize.oracle import Answer, best_allocation
from tests.allocation.optimize.solvers import SOLVERS
from tests.allocation.optimize.test_solvers_agree import faults
from tests.strategies.packaged_problems import random_packaged_problem

PROBLEMS = {"ladder": 200, "greedy": 100, "exact_sets": 100, "columns": 40}
CHUNK = 250
ANSWERED_PERCENT = {"ladder": 100, "greedy": 100, "exact_sets": 90, "columns": 60}


@lru_cache(maxsize=4_096)
def answer_to(seed: int) -> Answer:
    return best_allocation(random_packaged_problem(seed))


def compare(name: str, seeds: range) -> tuple[list[str], int]:
    found, answered = [], 0
    for seed in seeds:
        problem = random_packaged_problem(seed)
        solution = SOLVERS[name].solve(problem)
        if solution is not None:
            answered += 1
            # What is not proven optimal must say so; with few pieces nothing stays open.
            exact = SOLVERS[name].exact and name != "columns"
            wrong = faults(problem, solution, answer_to(seed), exact=exact)
            found += [f"seed {seed}: {fault}" for fault in wrong]
    return found, answered


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_solver_agrees_with_the_brute_force_on_packagings(name: str) -> None:
    found, answered = compare(name, range(PROBLEMS[name]))
    assert not found, "\n".join(found)
    assert 100 * answered >= ANSWERED_PERCENT[name] * PROBLEMS[name]


@pytest.mark.soak
@pytest.mark.parametrize("first", range(10_000, 15_000, CHUNK))
def test_the_ladder_agrees_with_the_brute_force_on_thousands_of_packaged_problems(
    first: int,
) -> None:
    """In chunks, as it is the brute force that takes its time: up to ten seconds for a problem."""
    found, _ = compare("ladder", range(first, first + CHUNK))
    assert not found, "\n".join(found)


def test_the_problems_have_what_they_are_made_for() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(150):
        problem = random_packaged_problem(seed)
        solution = SOLVERS["ladder"].solve(problem)
        assert solution is not None
        kinds[solution.status.value] += 1
        for shipment in solution.allocation.shipments:
            tariff = problem.lanes.tariffs[int(problem.lanes.tariff[shipment.lane])]
            for parcel in shipment.parcels:
                packaging = tariff.packagings[parcel.packaging]
                kinds["carton" if packaging.carton != NO_CARTON else "as it is"] += 1
                kinds["surcharge"] += bool(packaging.requires)
                kinds["several in a carton"] += len(parcel.placements) > 1
    for kind in ("optimal", "carton", "as it is", "surcharge", "several in a carton"):
        assert kinds[kind] >= 10, kinds


def placed_solutions():
    for seed in range(60):
        problem = random_packaged_problem(seed)
        solution = SOLVERS["ladder"].solve(problem)
        assert solution is not None
        for number, shipment in enumerate(solution.allocation.shipments):
            for at, parcel in enumerate(shipment.parcels):
                if len(parcel.placements) > 1:
                    yield problem, solution, number, at


def with_placements(
    solution: Solution, number: int, at: int, placements: tuple[Placement, ...]
) -> Solution:
    shipments = list(solution.allocation.shipments)
    parcels = list(shipments[number].parcels)
    parcels[at] = replace(parcels[at], placements=placements)
    shipments[number] = replace(shipments[number], parcels=tuple(parcels))
    allocation = Allocation(tuple(shipments), solution.allocation.unfilled)
    return replace(solution, allocation=allocation)


def test_verify_finds_things_that_overlap_stick_out_or_are_missing() -> None:
    checked = 0
    for problem, solution, number, at in placed_solutions():
        assert verify(problem, solution).ok
        first, second, *rest = solution.allocation.shipments[number].parcels[at].placements
        overlapping = (first, second._replace(at_um=first.at_um), *rest)
        outside = (first._replace(at_um=(-1, 0, 0)), second, *rest)
        wrong_size = (first._replace(sides_um=(1, 1, 1)), second, *rest)
        for placements in (overlapping, outside, wrong_size, (first, *rest)):
            forged = with_placements(solution, number, at, placements)
            assert not verify(problem, forged).ok
        checked += 1
    assert checked > 5


def test_verify_finds_a_surcharge_that_was_dodged() -> None:
    found = 0
    for seed in range(200):
        problem = random_packaged_problem(seed)
        solution = SOLVERS["ladder"].solve(problem)
        assert solution is not None
        for number, shipment in enumerate(solution.allocation.shipments):
            tariff = problem.lanes.tariffs[int(problem.lanes.tariff[shipment.lane])]
            for at, parcel in enumerate(shipment.parcels):
                paid = tariff.packagings[parcel.packaging]
                plain = [
                    index
                    for index, each in enumerate(tariff.packagings)
                    if each.carton == NO_CARTON and not each.requires
                ]
                if not paid.requires or not plain:
                    continue
                shipments = list(solution.allocation.shipments)
                parcels = list(shipment.parcels)
                parcels[at] = replace(parcel, packaging=plain[0])
                shipments[number] = replace(shipment, parcels=tuple(parcels))
                allocation = Allocation(tuple(shipments), solution.allocation.unfilled)
                problems = verify(problem, replace(solution, allocation=allocation)).problems
                assert any("surcharge" in each for each in problems)
                found += 1
    assert found > 5


def test_an_answer_on_packagings_is_the_same_twice() -> None:
    for seed in range(20):
        first = SOLVERS["ladder"].solve(random_packaged_problem(seed))
        assert first == SOLVERS["ladder"].solve(random_packaged_problem(seed))
        assert first is not None
        assert first.status in ProofStatus
