"""The generic models mean what the problem means, and lose nothing by what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from allocation.optimize.verify import verify
from bench.contenders.prefilter import useful_locations
from bench.contenders.rankers import RANKERS
from bench.contenders.run import run_model, to_solution
from bench.contenders.scope import OutOfScopeError, check_scope
from bench.contenders.solvers import SOLVERS
from routing.ids import ItemId
from routing.sourcing.problem import NO_LIMIT, Limits, SourcingProblem
from routing.sourcing.tier import Tier
from tests.allocation.optimize.oracle import best_allocation
from tests.strategies.problems import random_problem

LIMIT_S = 30.0


def plain(problem: SourcingProblem) -> SourcingProblem:
    """Return the problem without the rules that the generic models do not have."""
    lines, lanes, pieces = problem.lines, problem.lanes, problem.pieces
    n_lines, n_items = len(lines), len(problem.item_ids)
    first = [int(np.flatnonzero(pieces.line == line)[0]) for line in range(n_lines)]
    item = lines.use.argmax(axis=1)
    weight_ug = pieces.weight_ug[first]
    heaviest_ug = np.array([tariff.max_weight_ug for tariff in lanes.tariffs])
    fits = weight_ug[:, None] <= heaviest_ug[lanes.tariff]
    tiers = [tier for tier in problem.tiers if tier.unit is None and not _is_mixed(tier)]
    return replace(
        problem,
        lines=replace(
            lines,
            use=np.eye(n_items, dtype=np.int64)[item],
            group=np.full(n_lines, -1, dtype=np.int32),
        ),
        pieces=replace(
            pieces,
            line=np.arange(n_lines, dtype=np.int32),
            per_increment=np.ones(n_lines, dtype=np.int64),
            weight_ug=weight_ug,
            volume_nl=np.zeros(n_lines, dtype=np.int64),
            alone=np.zeros(n_lines, dtype=np.bool_),
            item=np.full(n_lines, -1, dtype=np.int32),
        ),
        lanes=replace(
            lanes,
            shipment_minor=np.maximum(lanes.shipment_minor, 0),
            unit_minor=np.maximum(lanes.unit_minor, 0),
            eligible=lanes.eligible & fits,
        ),
        limits=replace(
            problem.limits,
            ship_complete=False,
            min_shipment_minor=0,
            min_shipment_units=0,
            location_lines=np.full(problem.n_locations, NO_LIMIT, dtype=np.int64),
            location_units=np.full(problem.n_locations, NO_LIMIT, dtype=np.int64),
        ),
        tiers=tuple(tiers) or (Tier("cost", counts_cost=True),),
    )


def _is_mixed(tier: Tier) -> bool:
    return (tier.shipment is not None) + (tier.unfilled is not None) + tier.counts_cost != 1


def plain_problems(count: int) -> Iterator[SourcingProblem]:
    for seed in range(count):
        yield plain(random_problem(seed))


@pytest.mark.parametrize("name", SOLVERS)
def test_a_generic_model_finds_what_enumeration_finds(name: str) -> None:
    for seed, problem in enumerate(plain_problems(40)):
        best = best_allocation(problem)
        run = run_model(problem, SOLVERS[name], LIMIT_S)
        assert run.optimal, seed
        assert run.claimed == best.values, seed
        assert run.contents is not None, seed
        solution = to_solution(problem, run.contents)
        assert verify(problem, solution).ok, seed
        assert solution.values == best.values, seed


def test_leaving_out_locations_loses_nothing() -> None:
    left_out = 0
    for seed, problem in enumerate(plain_problems(250)):
        kept = np.isin(problem.lanes.location, useful_locations(problem))
        left_out += int((~kept).sum())
        fewer = replace(
            problem, lanes=replace(problem.lanes, eligible=problem.lanes.eligible & kept)
        )
        assert best_allocation(fewer).values == best_allocation(problem).values, seed
    assert left_out > 100


@pytest.mark.parametrize("name", RANKERS)
def test_a_ranking_policy_keeps_every_rule_and_never_beats_the_optimum(name: str) -> None:
    for seed, problem in enumerate(plain_problems(40)):
        free = replace(problem, limits=replace(problem.limits, max_shipments=NO_LIMIT))
        lanes = replace(free.lanes, eligible=_eligible_on_all_lanes(free))
        free = replace(free, lanes=lanes)
        solution = to_solution(free, RANKERS[name](free))
        assert verify(free, solution).ok, seed
        assert solution.values >= best_allocation(free).values, seed


def _eligible_on_all_lanes(problem: SourcingProblem) -> np.ndarray:
    """Return eligibility by location: the policies do not choose between services by line."""
    eligible = problem.lanes.eligible.copy()
    for location in set(problem.lanes.location.tolist()):
        here = problem.lanes.location == location
        eligible[:, here] = eligible[:, here].all(axis=1, keepdims=True)
    return eligible


@pytest.mark.parametrize(
    "change",
    [
        lambda limits: replace(limits, ship_complete=True),
        lambda limits: replace(limits, min_shipment_units=2),
        lambda limits: replace(limits, location_units=np.zeros(1, dtype=np.int64)),
    ],
)
def test_a_rule_that_the_models_do_not_have_is_refused(change: Callable[[Limits], Limits]) -> None:
    problem = next(plain_problems(1))
    with pytest.raises(OutOfScopeError):
        check_scope(replace(problem, limits=change(problem.limits)))


def test_a_kit_is_refused() -> None:
    problem = next(plain_problems(1))
    use = np.hstack((problem.lines.use, np.ones((len(problem.lines), 1), dtype=np.int64)))
    kits = replace(
        problem,
        lines=replace(problem.lines, use=use),
        item_ids=(*problem.item_ids, ItemId("screws")),
    )
    with pytest.raises(OutOfScopeError, match="kits"):
        check_scope(kits)
