"""What a fulfillment team reads about a plan."""

from __future__ import annotations

import re
import time
from dataclasses import replace

from allocation.engine import Engine
from allocation.plan import Counterfactual, Explanation, Plan
from routing.ids import LocationId
from routing.rules import parse_rule_set
from routing.sourcing.policy import PolicySource
from tests.networks import NOW, item, line, location, network, order, request, stock

ENGINE = Engine(time.monotonic)
NETWORK = network([item("cup", sku="CUP-1"), item("pot", 3), item("pan", 8)])
MONEY = r"\d+\.\d\d"


def rules(text: str) -> PolicySource:
    return parse_rule_set(f"version: 1\n{text}", file_name="rules.yaml").at(NOW)


def plan_of(lines, levels, policy=None, ask=(), net=NETWORK, **more) -> Plan:
    asked = request(
        order(lines, **more),
        net,
        levels,
        policy,
        explain=True,
        ask_about=tuple(map(LocationId, ask)),
    )
    return ENGINE.plan(asked).plan


def explanation(*args, **more) -> Explanation:
    found = plan_of(*args, **more).explanation
    assert found is not None
    return found


def told(*args, **more) -> list[str]:
    return list(explanation(*args, **more).sentences)


def minor(text: str) -> int:
    return int(text.replace(".", ""))


def test_a_shipment_is_told_with_its_costs_and_its_runner_up():
    [sentence] = told([line(1, "cup", 2)], stock(cup={"newark": 9, "reno": 9}))
    found = re.fullmatch(
        rf"line-1 \(2 x CUP-1\) from Newark: ({MONEY}) = postage {MONEY} (?:\+ surcharge {MONEY} )?"
        rf"\+ handling {MONEY}; runner-up Reno ({MONEY}) \(\+({MONEY})\)",
        sentence,
    )
    assert found, sentence
    ours, theirs, extra = map(minor, found.groups())
    assert theirs - ours == extra > 0


def test_the_runner_ups_price_is_what_the_plan_without_the_location_costs():
    levels = stock(cup={"newark": 9, "reno": 9})
    found = explanation([line(1, "cup", 2)], levels)
    only = plan_of([line(1, "cup", 2)], stock(cup={"reno": 9}))
    assert (
        f"Reno {only.cost.total_minor // 100}.{only.cost.total_minor % 100:02d}"
        in found.sentences[0]
    )
    assert found.runner_up is not None
    assert found.runner_up.location_ids == ("reno",)


def test_a_shipment_that_nothing_can_replace_says_so():
    [sentence] = told([line(1, "cup")], stock(cup={"reno": 1}))
    assert sentence.endswith("; nothing else fills as much")


def test_of_two_shipments_each_has_its_own_runner_up():
    levels = stock(cup={"newark": 9, "dallas": 9}, pot={"reno": 9, "atlanta": 9})
    cup_pot = [line(1, "cup"), line(2, "pot")]
    sentences = told(cup_pot, levels)
    assert len(sentences) == 2
    assert all("runner-up" in each for each in sentences)


def test_a_change_that_moves_more_than_one_shipment_is_told_as_a_whole():
    levels = stock(cup={"newark": 9, "reno": 1}, pot={"newark": 9, "dallas": 9})
    [sentence] = told([line(1, "cup"), line(2, "pot")], levels)
    assert re.search(rf"; without it \+{MONEY} in all, from Dallas and Reno$", sentence)


def test_a_cheaper_choice_that_loses_by_another_objective_says_by_which():
    levels = stock(cup={"newark": 1, "reno": 1}, pan={"atlanta": 1, "reno": 1})
    fewest = rules("strategy: [fewest_shipments]\n")
    [sentence] = told([line(1, "cup"), line(2, "pan")], levels, fewest)
    assert "it is worse in fewest_shipments: 2 instead of 1" in sentence
    assert "+-" not in sentence


def test_a_choice_that_is_farther_says_by_how_many_kilometres():
    levels = stock(cup={"newark": 1, "reno": 1})
    [sentence] = told([line(1, "cup")], levels, rules("strategy: [closest]\n"))
    found = re.search(r"it is worse in closest: (\d+) km instead of (\d+) km", sentence)
    assert found, sentence
    far_km, near_km = map(int, found.groups())
    assert near_km < 100
    assert 3_500 < far_km < 4_500


def test_rules_are_named_in_the_cost():
    prefer = rules(
        "prefer:\n  - name: newark-first\n    location: location.id == 'newark'\n"
        "    credit_minor: 50\n"
    )
    [sentence] = told([line(1, "cup")], stock(cup={"newark": 1}), prefer)
    assert "- rule newark-first 0.50" in sentence


def test_why_not_names_the_price_of_the_other_choice():
    levels = stock(cup={"newark": 9, "reno": 9})
    sentence = told([line(1, "cup")], levels, ask=["reno"])[-1]
    assert re.fullmatch(
        rf"why not Reno: the best plan with it costs {MONEY} \(\+{MONEY}\)", sentence
    )


def test_why_not_names_the_reason_where_there_is_no_other_choice():
    prefer = rules(
        "require:\n  - name: east\n    because: the lorry is late\n"
        "    location: location.id != 'reno'\n"
    )
    levels = stock(cup={"newark": 9, "reno": 9})
    asked = ["reno", "dallas", "newark", "nowhere"]
    reno, dallas, newark, nowhere = told([line(1, "cup")], levels, prefer, ask=asked)[-4:]
    assert reno == "why not Reno: line-1: rule east says no: the lorry is late"
    assert dallas == "why not Dallas: line-1: does not stock it"
    assert newark == "why not Newark: it ships"
    assert nowhere == "why not nowhere: no such location is in the network"


def test_an_unfilled_line_is_told_with_the_least_that_it_would_take():
    [sentence] = told([line(1, "cup", 2)], stock(cup={"reno": 1}))
    assert sentence.startswith("line-1: 2 of 2 unfilled: ")
    assert sentence.endswith("; it would be filled with 1 more of CUP-1 at Reno")


def test_what_nothing_could_fill_says_so():
    heavy = network([item("anvil", 2_000)])
    [sentence] = told([line(1, "anvil")], stock(anvil={"reno": 1}), net=heavy)
    assert sentence.endswith("no rule, limit or stock that could change would fill it")


def test_two_obstacles_are_both_named():
    both = rules(
        "require:\n  - name: only-reno\n    location: location.id == 'reno'\n"
        "  - name: not-reno\n    location: location.id != 'reno'\n"
    )
    [sentence] = told([line(1, "cup", 2)], stock(cup={"reno": 1}), both)
    assert " with no rule " in sentence
    assert " and 1 more of CUP-1 at " in sentence or " and 2 more of CUP-1 at " in sentence


def test_the_best_plan_without_a_location_is_the_one_the_strategy_likes_best():
    """By the objectives in their order, not by the cost alone."""
    near = rules("strategy: [closest]\n")
    levels = stock(cup={"newark": 1, "atlanta": 1, "reno": 1})
    found = explanation([line(1, "cup")], levels, near)
    assert found.runner_up is not None
    assert found.runner_up.location_ids == ("atlanta",)
    assert found.runner_up.decided_by.startswith("closest: ")


def test_a_location_without_a_name_is_called_by_its_id():
    plain = network([item("cup")], [replace(location("reno"), name="")])
    [sentence] = told([line(1, "cup")], stock(cup={"reno": 1}), net=plain)
    assert " from reno: " in sentence


def test_a_counterfactual_without_a_plan_has_neither_cost_nor_places():
    found = explanation([line(1, "cup")], stock(cup={"reno": 1}))
    assert found.counterfactuals == (
        Counterfactual("without reno", LocationId("reno"), False, None, None),
    )
    assert found.runner_up is None
