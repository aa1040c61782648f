"""Random orders over lots and supply to come: nothing promised twice, and the true optimum."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import comb, prod
from time import monotonic

import pytest

from allocation.engine import Engine
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus
from allocation.optimize.verify import verify
from allocation.plan import Plan, Reservation, ShipmentKind
from routing.ids import ItemId, LocationId
from routing.item import BackorderPolicy, ItemTracking
from routing.sourcing.build import build_sourcing
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.stock import StockDetail
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.networks import request
from tests.strategies.told_apart import Case, random_case

ENGINE = Engine(monotonic)
KINDS = ("kits", "lots", "backorders", "ways", "mixed")
CHUNK = 60


@lru_cache(maxsize=1_000)
def planned(seed: int, kind: str) -> tuple[Case, Plan]:
    case = random_case(seed, kind)
    asked = request(case.order, case.network, case.stock, case.policy)
    return case, ENGINE.plan(asked).plan


MOST_ASSIGNMENTS = 30_000
"""What takes longer to enumerate is left out; `agree` sees to it that this is little."""


def assignments(problem: SourcingProblem) -> int:
    """Return in how many ways the lines can be spread over the slots."""
    n_slots, split = problem.n_locations, problem.limits.line_split
    return prod(
        comb(demand + n_slots, n_slots) if split else n_slots + 1
        for demand in problem.lines.demand.tolist()
    )


def optimum_faults(problem: SourcingProblem) -> list[str]:
    solution = solve(problem, budget())
    found = list(verify(problem, solution).problems)
    answer = best_allocation(problem)
    if solution.values != answer.values:
        found.append(f"values {solution.values}, optimum {answer.values}")
    if solution.status is not ProofStatus.OPTIMAL:
        found.append("not proven")
    return found


def agree(kind: str, seeds: range) -> None:
    found, compared = [], 0
    for seed in seeds:
        case = random_case(seed, kind)
        problem = build_sourcing(case.order, case.network, case.stock, case.policy).problem
        if assignments(problem) <= MOST_ASSIGNMENTS:
            compared += 1
            found += [f"seed {seed}: {fault}" for fault in optimum_faults(problem)]
    assert not found, "\n".join(found)
    assert compared >= 0.9 * len(seeds)


@pytest.mark.parametrize("kind", KINDS)
def test_plans_are_the_optimum_of_the_brute_force(kind: str) -> None:
    agree(kind, range(120))


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("first_seed", range(10_000, 12_400, 400))
def test_plans_are_the_optimum_of_the_brute_force_on_thousands(kind: str, first_seed: int) -> None:
    agree(kind, range(first_seed, first_seed + 400))


def test_prices_by_expiry_are_among_them() -> None:
    paid = [
        sum(amount for name, amount in plan.cost.terms if name == "rule:old-first")
        for seed in range(CHUNK)
        for _, plan in [planned(seed, "lots")]
    ]
    assert sum(amount > 0 for amount in paid) >= 8


def cases() -> list[tuple[Case, Plan]]:
    return [planned(seed, kind) for kind in KINDS for seed in range(CHUNK)]


def level(case: Case, row: Reservation) -> tuple[int, StockDetail]:
    """Return what is there, and the details of the level that a row is of."""
    levels = case.stock.levels.get(row.item_id, {})
    details = case.stock.level_details.get(row.item_id, {})
    return max(0, levels.get(row.location_id, 0)), details.get(row.location_id, StockDetail())


def test_rows_add_up_to_what_parts_require() -> None:
    for case, plan in cases():
        for each in plan.lines:
            rows = [row for row in plan.reservations if row.line_id == each.line_id]
            shipped = sum(part.quantity.increments for part in each.parts)
            left = sum(u.quantity.increments for u in plan.unfilled if u.line_id == each.line_id)
            assert shipped + left == each.quantity.increments
            if rows:
                per_unit = units_of(case, each.line_id)
                total = sum(row.quantity.increments for row in rows)
                assert total == shipped * per_unit


def units_of(case: Case, line_id: str) -> int:
    asked = next(each for each in case.order.lines if each.id == line_id)
    assert asked.item_id is not None
    wanted = case.network.items[asked.item_id]
    return sum(each.required_e6 for each in wanted.components) // 1_000_000 or 1


def test_no_lot_and_no_level_gives_more_than_it_has() -> None:
    for case, plan in cases():
        by_level: Counter[tuple[ItemId, LocationId]] = Counter()
        by_lot: Counter[tuple[ItemId, LocationId, str]] = Counter()
        for row in plan.reservations:
            if row.backordered:
                continue
            by_level[row.item_id, row.location_id] += row.quantity.increments
            assert by_level[row.item_id, row.location_id] <= level(case, row)[0]
            if row.lot_id is not None:
                key = (row.item_id, row.location_id, row.lot_id)
                by_lot[key] += row.quantity.increments
                lot = next(each for each in level(case, row)[1].lots if each.lot_id == row.lot_id)
                assert by_lot[key] <= lot.increments


def test_every_lot_is_fresh_enough_on_the_day_it_arrives() -> None:
    seen = 0
    for case, plan in cases():
        arrives = {each.number: each.latest_delivery_date for each in plan.shipments}
        lines = {each.id: each for each in case.order.lines}
        for row in plan.reservations:
            if row.lot_id is None:
                continue
            lot = next(each for each in level(case, row)[1].lots if each.lot_id == row.lot_id)
            part = next(e for e in plan.lines if e.line_id == row.line_id).parts[row.part]
            day = arrives[part.shipment_number]
            needed = max(
                lines[row.line_id].min_shelf_life_days,
                case.network.items[row.item_id].min_shelf_life_days,
            )
            if lot.expiry is not None:
                assert day is not None
                assert day + timedelta(days=needed) <= lot.expiry
                seen += 1
            named = lines[row.line_id].lot_ids
            assert not named or row.lot_id in named
    assert seen > 30


def test_what_waits_is_allowed_to_and_is_backed_by_its_supply() -> None:
    seen = 0
    for case, plan in cases():
        promised: Counter[tuple[ItemId, LocationId, datetime]] = Counter()
        for row in plan.reservations:
            if not row.backordered:
                continue
            seen += 1
            asked = next(each for each in case.order.lines if each.id == row.line_id)
            assert asked.item_id is not None
            wanted = case.network.items[asked.item_id]
            policy = asked.backorder_policy or wanted.backorder_policy
            assert policy is BackorderPolicy.ALLOW
            if row.expected_time is not None:
                promised[row.item_id, row.location_id, row.expected_time] += row.quantity.increments
        for (item_id, location_id, time), units in promised.items():
            item = case.network.items[item_id]
            release = item.release_time or datetime.min.replace(tzinfo=UTC)
            if time <= release or item.lead_time_days is not None:
                continue
            detail = case.stock.level_details[item_id][location_id]
            assert units <= sum(s.increments for s in detail.incoming if s.expected_time == time)
    assert seen > 15


def test_no_item_has_more_waiting_than_its_limit() -> None:
    bound = 0
    for case, plan in cases():
        waiting: Counter[ItemId] = Counter()
        for row in plan.reservations:
            waiting[row.item_id] += row.quantity.increments if row.backordered else 0
        for item_id, units in waiting.items():
            limit = case.network.items[item_id].backorder_limit_e6
            owed = sum(max(0, -each) for each in case.stock.levels[item_id].values())
            if limit is not None:
                assert units <= max(0, limit // 1_000_000 - owed)
                bound += units == max(0, limit // 1_000_000 - owed) and units > 0
    assert bound > 2


def test_more_fresh_lots_never_cost_more() -> None:
    for seed in range(CHUNK):
        case, plan = planned(seed, "lots")
        for detail in case.stock.level_details.values():
            assert all(each.increments > 0 for one in detail.values() for each in one.lots)
        timeless = {
            item: {
                place: replace(detail, lots=tuple(replace(x, expiry=None) for x in detail.lots))
                for place, detail in by_place.items()
            }
            for item, by_place in case.stock.level_details.items()
        }
        fresh = replace(case.stock, level_details=timeless)
        other = ENGINE.plan(request(case.order, case.network, fresh, case.policy)).plan
        assert [t.value for t in other.proof.tiers] <= [t.value for t in plan.proof.tiers]


def test_ways_of_every_kind_occur() -> None:
    plans = [planned(seed, "ways")[1] for seed in range(CHUNK)]
    shipments = [each for plan in plans for each in plan.shipments]
    assert {each.kind for each in shipments} == set(ShipmentKind)
    assert sum(bool(each.legs) for each in shipments) >= 5


def test_kinds_are_what_they_say() -> None:
    for seed in range(5):
        assert random_case(seed, "lots").network.items[ItemId("a")].tracking is ItemTracking.LOT
        assert any(each.is_kit for each in random_case(seed, "kits").network.items.values())
