"""Activations under load: no plan mixes two rule sets, and each can be made again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from allocation.v1.plan_pb2 import Plan
from bench.activation import PLACES, Outcome, judge, run


def check(activations: int, path: Path) -> None:
    outcome = run(activations, f"sqlite://{path / 'shipfrom.db'}")
    assert outcome.wrong == []
    assert len(outcome.lags_s) == activations
    assert outcome.replayed == outcome.planned > 0
    assert len(outcome.plans) > min(activations, len(PLACES)) - 1


def test_plans_under_load_name_one_rule_set_each_and_replay_under_it(tmp_path: Path) -> None:
    check(4, tmp_path)


def plan(revision: str, place: str, cost: int = 1) -> Plan:
    made = Plan(id=f"pln_{cost}")
    made.basis.rule_set_revision = revision
    made.shipments.add(location_id=place)
    made.cost.total.units = cost
    return made


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        (plan("rules-r", "dallas"), "ships from"),
        (plan("rules-r", "reno", 2), "comes out otherwise"),
        (plan("rules-x", "reno"), "nobody put"),
    ],
)
def test_a_plan_that_contradicts_its_rule_set_does_not_go_unseen(seen: Plan, says: str) -> None:
    good = plan("rules-r", "reno")
    outcome = Outcome(plans={"rules-r": [good]})
    outcome.plans.setdefault(seen.basis.rule_set_revision, []).append(seen)
    judge(outcome, {"rules-r": "reno"}, lambda _: good)
    assert outcome.replayed == 1
    assert [says in each for each in outcome.wrong] == [True]


@pytest.mark.soak
def test_a_hundred_activations_under_load(tmp_path: Path) -> None:
    check(int(os.environ.get("SHIPFROM_ACTIVATIONS", "100")), tmp_path)
