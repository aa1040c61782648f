"""Each preset does what it stands for, on random orders, ties included."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from allocation.engine import Engine
from allocation.optimize.solution import ProofStatus
from allocation.plan import Plan
from routing.rules.presets import NAMES
from tests.allocation.presets import plain
from tests.allocation.presets.plain_cheapest import cheapest
from tests.allocation.presets.scenes import scenes

ORDERS = 500
ENGINE = Engine(clock=time.monotonic)


def sent_by(plan: Plan, wanted: tuple[tuple[str, int], ...]) -> plain.Sent:
    sent: Counter[tuple[str, str]] = Counter()
    for (name, _), line in zip(wanted, plan.lines, strict=True):
        for part in line.parts:
            sent[name, part.location_id] += part.quantity.increments
    return dict(sent)


COMPARED = (
    ("medusa-default", plain.medusa),
    ("magento-priority", plain.magento_priority),
    ("magento-distance", plain.magento_distance),
    ("spree-minimize-splits", plain.spree),
    ("shopify-default", plain.shopify),
    ("salesforce-fewest-splits", plain.salesforce),
)


@pytest.mark.parametrize(("name", "policy"), COMPARED)
def test_a_preset_sends_what_the_plain_policy_sends(name, policy):
    for scene in scenes(name, ORDERS, seed=1):
        plan = ENGINE.plan(scene.request).plan
        assert plan.proof.status is ProofStatus.OPTIMAL
        assert sent_by(plan, scene.wanted) in policy(scene), scene


def test_the_cheapest_preset_costs_what_the_best_of_all_ways_costs():
    for scene in scenes("cheapest", ORDERS, seed=2):
        plan = ENGINE.plan(scene.request).plan
        cost, best = cheapest(scene)
        assert plan.proof.status is ProofStatus.OPTIMAL
        assert plan.cost.total_minor == cost, scene
        assert sent_by(plan, scene.wanted) in best, scene


def test_the_random_orders_have_ties_and_shortages():
    drawn = list(scenes("shopify-default", ORDERS, seed=1))
    ties = sum(len({site.distance_m for site in each.sites}) < len(each.sites) for each in drawn)
    short = sum(
        any(sum(each.levels[name].values()) < units for name, units in each.wanted)
        for each in drawn
    )
    abroad = sum(0 < sum(site.abroad for site in each.sites) < len(each.sites) for each in drawn)
    several = sum(len(plain.shopify(each)[0]) > 1 for each in drawn)
    assert min(ties, short, abroad, several) > ORDERS // 20


def test_every_preset_is_compared_with_its_plain_policy():
    compared = {name for name, _ in COMPARED} | {"cheapest"}
    assert compared == set(NAMES)
