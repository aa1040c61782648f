"""What stands in the way of a line, found with the engine, and proven smallest by trying all."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.engine import Engine, _source
from allocation.explain.conflict.candidates import candidates, relevant_lines
from allocation.explain.conflict.conflicts import find_conflicts
from allocation.explain.conflict.trial import Trial, surely_enough
from allocation.obstacle import Conflict, ObstacleKind
from allocation.optimize.api import Budget
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus, Solution
from allocation.plan import Plan
from routing.ids import LocationId
from routing.location import DailyCapacity, LocationState
from routing.rules import parse_rule_set
from routing.sourcing.policy import Policy, PolicySource
from routing.sourcing.problem import SourcingProblem
from tests.networks import NOW, item, kit, line, location, network, order, request, stock

ENGINE = Engine(time.monotonic)
ITEMS = [item("cup", sku="CUP-1"), item("pot", 3), kit("set", cup=2, pot=1)]
NETWORK = network(ITEMS)


def rules(text: str) -> PolicySource:
    return parse_rule_set(f"version: 1\n{text}", file_name="rules.yaml").at(NOW)


def explained(lines, levels, policy=None, net=NETWORK, **more) -> Plan:
    asked = order(lines, **more)
    return ENGINE.plan(request(asked, net, levels, policy, explain=True)).plan


def conflict(*args, **more) -> Conflict:
    explanation = explained(*args, **more).explanation
    assert explanation is not None
    [found] = explanation.conflicts
    assert found.smallest
    return found


def details(*args, **more) -> list[str]:
    return [each.detail for each in conflict(*args, **more).obstacles]


def test_a_filled_order_has_no_conflicts():
    explanation = explained([line(1, "cup")], stock(cup={"reno": 1})).explanation
    assert explanation is not None
    assert explanation.conflicts == ()


def test_missing_stock_is_named_with_the_location_that_lacks_least():
    [obstacle] = conflict([line(1, "cup", 4)], stock(cup={"reno": 1, "dallas": 2})).obstacles
    assert obstacle.kind is ObstacleKind.STOCK
    assert obstacle.detail == "2 more of CUP-1 at Dallas"
    assert (obstacle.item_id, obstacle.location_id) == ("cup", "dallas")


def test_with_lines_that_may_be_split_only_the_rest_is_missing():
    policy = Policy(line_split=True)
    levels = stock(cup={"reno": 1, "dallas": 2})
    assert details([line(1, "cup", 4)], levels, policy) == ["1 more of CUP-1 at Dallas"]


def test_whole_lines_stand_in_the_way_where_all_together_have_enough():
    levels = stock(cup={"reno": 2, "dallas": 2})
    assert details([line(1, "cup", 4)], levels) == ["lines that may be split"]


def test_a_rule_is_named_with_its_reason():
    policy = rules(
        "require:\n  - name: only-certified\n    because: hazmat needs training\n"
        "    location: location.id == 'newark'\n"
    )
    [obstacle] = conflict([line(1, "cup")], stock(cup={"reno": 1}), policy).obstacles
    assert (obstacle.kind, obstacle.rule) == (ObstacleKind.RULE, "only-certified")
    assert obstacle.detail == "no rule only-certified (hazmat needs training)"


def test_two_rules_that_each_forbid_the_only_location_are_both_named():
    policy = rules(
        "require:\n  - name: not-reno\n    location: location.id != 'reno'\n"
        "  - name: west\n    location: location.id != 'reno'\n"
        "  - name: harmless\n    location: location.id != 'nowhere'\n"
    )
    levels = stock(cup={"reno": 1})
    found = conflict([line(1, "cup")], levels, policy).obstacles
    # One unit elsewhere is less than two rules.
    assert [each.kind for each in found] == [ObstacleKind.STOCK]
    assert found[0].location_id != "reno"


def test_a_rule_and_missing_stock_can_both_be_needed():
    policy = rules(
        "require:\n  - name: only-reno\n    location: location.id == 'reno'\n"
        "  - name: not-reno\n    location: location.id != 'reno'\n"
    )
    found = conflict([line(1, "cup", 2)], stock(cup={"reno": 1}), policy).obstacles
    assert [each.kind for each in found] == [ObstacleKind.RULE, ObstacleKind.STOCK]


def test_safety_stock_that_keeps_the_last_units_is_a_rule_in_the_way():
    policy = rules("safety_stock:\n  - name: keep-two\n    units: 2\n")
    assert details([line(1, "cup", 2)], stock(cup={"reno": 3}), policy) == ["no rule keep-two"]


def test_too_few_shipments_are_named_with_how_many_it_would_take():
    levels = stock(cup={"reno": 1}, pot={"dallas": 1})
    found = details([line(1, "cup"), line(2, "pot")], levels, Policy(max_shipments=1))
    assert found == ["2 shipments instead of at most 1"]


def test_a_location_that_is_closed_is_named():
    net = network(ITEMS, [location("reno", state=LocationState.PAUSED), location("newark")])
    levels = stock(cup={"reno": 1})
    [obstacle] = conflict([line(1, "cup")], levels, net=net).obstacles
    assert (obstacle.kind, obstacle.location_id) == (ObstacleKind.NOT_OPEN, "reno")
    assert obstacle.detail == "Reno open for new orders"


def test_a_location_of_another_channel_is_named():
    net = network(ITEMS, [location("reno", channels=frozenset({"shop"})), location("newark")])
    found = details([line(1, "cup")], stock(cup={"reno": 1}), net=net, channel="web")
    assert found == ["Reno serving channel web"]


def test_a_location_that_is_full_today_is_named():
    net = network(ITEMS, [location("reno", capacity=DailyCapacity(orders=0)), location("newark")])
    found = details([line(1, "cup")], stock(cup={"reno": 1}), net=net)
    assert found == ["more capacity at Reno today"]


def test_a_date_that_nobody_keeps_is_named():
    found = details(
        [line(1, "cup")], stock(cup={"reno": 1}), deliver_by=(NOW + timedelta(days=1)).date()
    )
    assert found == ["a later date than 2026-11-21"]


def test_locations_that_the_request_leaves_out_are_named():
    asked = line(1, "cup", excluded_location_ids=frozenset({LocationId("reno")}))
    assert details([asked], stock(cup={"reno": 1})) == ["other locations than the request allows"]


def test_a_group_that_no_location_has_all_of_is_named():
    lines = [line(1, "cup", group="g"), line(2, "pot", group="g")]
    levels = stock(cup={"reno": 1}, pot={"dallas": 1})
    explanation = explained(lines, levels).explanation
    assert explanation is not None
    told = [[each.detail for each in found.obstacles] for found in explanation.conflicts]
    assert told == [["no group g"], ["no group g"]]


def test_an_order_that_ships_complete_is_in_its_own_way_and_the_short_line_says_why():
    lines = [line(1, "cup"), line(2, "pot", 2)]
    levels = stock(cup={"reno": 1}, pot={"reno": 1})
    explanation = explained(lines, levels, Policy(ship_complete=True)).explanation
    assert explanation is not None
    first, second = explanation.conflicts
    assert [each.detail for each in first.obstacles] == ["an order that need not ship complete"]
    assert [each.kind for each in second.obstacles] == [ObstacleKind.STOCK]


def test_a_line_that_costs_more_than_its_penalty_says_so():
    found = conflict([line(1, "pot")], stock(pot={"reno": 1}), Policy(unfilled_unit_minor=10))
    assert [each.kind for each in found.obstacles] == [ObstacleKind.UNFILLED_PENALTY]
    assert "above 0.10" in found.obstacles[0].detail


def test_lines_that_share_the_last_unit_are_told_about_it():
    levels = stock(cup={"reno": 1})
    assert details([line(1, "cup"), line(2, "cup")], levels) == ["1 more of CUP-1 at Reno"]


def test_a_kit_misses_the_component_that_is_short():
    levels = stock(cup={"reno": 1}, pot={"reno": 5})
    assert details([line(1, "set")], levels) == ["1 more of CUP-1 at Reno"]


def test_what_no_carrier_takes_has_no_way_out():
    heavy = network([item("anvil", 2_000)])
    found = conflict([line(1, "anvil")], stock(anvil={"reno": 1}), net=heavy)
    assert found.obstacles == ()


def test_an_item_that_nobody_stocks_is_missing_as_a_whole():
    assert details([line(1, "cup", 3)], stock()) == ["3 more of CUP-1 at Atlanta"]


# --- against trying every set ------------------------------------------------

levels_of = st.dictionaries(st.sampled_from(["reno", "dallas", "newark"]), st.integers(0, 2))
policies = st.sampled_from(
    [
        Policy(max_shipments=1),
        Policy(max_shipments=1, line_split=True),
        Policy(ship_complete=True),
        rules("require:\n  - name: only-reno\n    location: location.id == 'reno'\n"),
        rules(
            "split: {max_shipments: 1}\n"
            "safety_stock:\n  - name: keep-one\n    units: 1\n"
            "require:\n  - name: no-reno\n    location: location.id != 'reno'\n"
        ),
    ]
)
wanted = st.lists(
    st.tuples(st.sampled_from(["cup", "pot", "set"]), st.integers(1, 2)), min_size=1, max_size=2
)


@settings(max_examples=25, deadline=None)
@given(wanted, st.fixed_dictionaries({"cup": levels_of, "pot": levels_of}), policies)
def test_no_smaller_set_of_obstacles_would_do(lines, levels, policy):
    asked = order([line(n, name, count) for n, (name, count) in enumerate(lines, start=1)])
    req = request(asked, NETWORK, stock(**levels), policy, explain=True)
    explanation = ENGINE.plan(req).plan.explanation
    assert explanation is not None
    sourcing = _source(req)
    base = ENGINE.plan(replace(req, explain=False)).plan
    unfilled = {each.line_id: each.quantity.increments for each in base.unfilled}
    for found in explanation.conflicts:
        number = [each.id for each in sourcing.lines].index(found.line_id)
        relevant = relevant_lines(sourcing, number)
        trial = Trial(
            req,
            _source,
            in_full,
            (number,),
            sum(unfilled.values()) - unfilled[found.line_id],
            frozenset(each.id for each in relevant),
            surely_enough(sourcing.lines),
        )
        asked_about = candidates(req, sourcing, relevant)
        size = len(found.obstacles)
        smaller = list(combinations(asked_about, size - 1)) if size else [asked_about]
        assert not any(trial.fills(each, trial.everywhere()) for each in smaller)


def found_with(request_, has_time, solver) -> tuple[Conflict, ...]:
    sourcing = _source(request_)
    return find_conflicts(request_, sourcing, solver(sourcing.problem), _source, solver, has_time)


def in_full(problem: SourcingProblem) -> Solution:
    return solve(problem, Budget(time.monotonic, time.monotonic() + 30))


SHORT = request(
    order([line(1, "cup"), line(2, "pot", 2)]),
    NETWORK,
    stock(cup={"reno": 1}, pot={"dallas": 1}),
    rules("split: {max_shipments: 1}\n"),
)


def test_a_search_without_time_says_that_it_may_not_be_the_least():
    answers = iter([True])
    [found] = found_with(SHORT, lambda: next(answers, False), in_full)
    assert not found.smallest
    assert {each.kind for each in found.obstacles} <= set(ObstacleKind)


def test_searches_that_cannot_tell_leave_the_answer_unproven():
    def in_doubt(problem: SourcingProblem) -> Solution:
        return replace(in_full(problem), status=ProofStatus.FEASIBLE)

    found = found_with(SHORT, lambda: True, in_doubt)
    assert found
    assert not any(each.smallest for each in found)


def test_no_time_at_all_finds_nothing():
    assert found_with(SHORT, lambda: False, in_full) == ()


@pytest.mark.parametrize("count", [1, 11])
def test_only_so_many_lines_are_looked_into(count):
    lines = [line(number, "cup") for number in range(1, count + 1)]
    explanation = explained(lines, stock()).explanation
    assert explanation is not None
    assert len(explanation.conflicts) == min(count, 10)
