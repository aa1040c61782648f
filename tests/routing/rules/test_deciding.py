"""What rules mean for plans: verdicts with names, money with names, limits."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from allocation.engine import Engine
from allocation.errors import InvalidRequestError, RulesInvalidError
from allocation.plan import Plan
from routing.ids import LocationId
from routing.item import BackorderPolicy
from routing.location import LocationKind
from routing.order import Destination
from routing.rules import RuleEvaluationError, parse_rule_set
from routing.rules.deciding import RulesAtTime
from routing.sourcing.policy import Overrides
from routing.sourcing.resolve import resolve_lines
from routing.sourcing.verdict import Verdict
from tests.networks import NOW, PLACES, item, line, location, network, order, request, stock

DENY = BackorderPolicy.DENY
EVERYWHERE = dict.fromkeys(PLACES, 5)
TAGS = {
    "reno": frozenset({"cold"}),
    "dallas": frozenset({"cold", "hazmat"}),
    "newark": frozenset[str](),
    "atlanta": frozenset[str](),
}


def rules(text: str, overrides: Overrides | None = None, time: datetime = NOW) -> RulesAtTime:
    """Return a rule set of version 1 at a moment."""
    return parse_rule_set(f"version: 1\n{text}", file_name="rules.yaml").at(time, overrides)


NET = network(
    [item("cup"), item("acid", tags=frozenset({"hazmat"}))],
    [
        location(
            name,
            tags=TAGS[name],
            kind=LocationKind.STORE if name == "newark" else LocationKind.FULFILLMENT_CENTER,
        )
        for name in PLACES
    ],
)


def plan(source: RulesAtTime, *lines: str, levels: Mapping[str, int] | None = None, **more) -> Plan:
    """Plan one unit of each named item to New York."""
    asked = order([line(n, name) for n, name in enumerate(lines, start=1)], **more)
    stocked = EVERYWHERE if levels is None else levels
    engine = Engine(clock=lambda: 0.0)
    return engine.plan(
        request(asked, NET, stock(cup=stocked, acid=stocked), source, explain=True)
    ).plan


def verdicts(found: Plan, number: int = 0) -> dict[str, tuple[Verdict, str | None]]:
    assert found.explanation is not None
    return {
        each.location_id: (each.verdict, each.rule)
        for each in found.explanation.lines[number].verdicts
    }


def sites(found: Plan) -> list[str]:
    return [shipment.location_id for shipment in found.shipments]


HAZMAT = """
require:
  - name: hazmat-sites
    because: only they have the permit
    when: "'hazmat' in line.tags"
    location: "'hazmat' in location.tags"
"""


def test_a_hard_rule_rules_out_by_name_only_the_lines_it_is_about():
    found = plan(rules(HAZMAT), "cup", "acid")
    assert verdicts(found, 0)["newark"] == (Verdict.ELIGIBLE, None)
    assert verdicts(found, 1)["newark"] == (Verdict.RULE, "hazmat-sites")
    assert verdicts(found, 1)["dallas"] == (Verdict.ELIGIBLE, None)
    assert found.explanation is not None
    newark = next(
        each for each in found.explanation.lines[1].verdicts if each.location_id == "newark"
    )
    assert newark.detail == "rule hazmat-sites says no: only they have the permit"


def test_a_soft_rule_costs_its_price_elsewhere_under_its_name():
    soft = HAZMAT + "    hard: false\n    price_minor: 30\n    per: unit\n"
    found = plan(rules(soft), "acid")
    assert sites(found) == ["newark"]
    assert dict(found.cost.terms)["rule:hazmat-sites"] == 30
    dear = plan(rules(soft.replace("30", "90000")), "acid")
    assert sites(dear) == ["dallas"]
    assert "rule:hazmat-sites" not in dict(dear.cost.terms)


def test_a_credit_moves_the_choice_and_stands_in_the_cost():
    text = """
prefer:
  - name: clear-reno
    location: location.id == 'reno'
    credit_minor: 5000
    per: line
"""
    found = plan(rules(text), "cup", "acid")
    assert sites(found) == ["reno"]
    assert dict(found.cost.terms)["rule:clear-reno"] == -10_000
    assert found.cost.total_minor == sum(amount for _, amount in found.cost.terms)


def test_distance_can_cost_money():
    free = plan(rules("cost: {distance_minor_per_100_km: 0}"), "cup")
    found = plan(rules("cost: {distance_minor_per_100_km: 1000}"), "cup")
    metres = found.shipments[0].distance_m
    assert metres is not None
    assert dict(found.cost.terms)["distance"] == (metres * 1000 + 50_000) // 100_000
    assert "distance" not in dict(free.cost.terms)


def test_safety_stock_stays_and_the_greatest_of_several_rules_counts():
    text = """
safety_stock:
  - name: keep-2-in-stores
    units: 2
    location: location.kind == 'store'
  - name: keep-5-of-cups
    units: 5
    item: item.id == 'cup'
    location: location.kind == 'store'
"""
    found = plan(rules(text), "cup", "acid")
    assert verdicts(found, 0)["newark"][0] is Verdict.OUT_OF_STOCK
    assert verdicts(found, 1)["newark"][0] is Verdict.ELIGIBLE
    assert found.explanation is not None
    left = {str(each.location_id): each for each in found.explanation.lines[1].verdicts}
    assert str(left["newark"].available) == "3"


def test_a_capacity_of_nothing_closes_a_location_and_of_n_units_admits_n():
    text = "capacity: [{name: stores, location: location.kind == 'store', units_per_day: LIMIT}]"
    closed = plan(rules(text.replace("LIMIT", "0")), "cup")
    assert verdicts(closed)["newark"][0] is Verdict.CAPACITY
    only = {"newark": 5}
    assert plan(rules(text.replace("LIMIT", "2")), "cup", "acid", levels=only).unfilled == ()
    assert len(plan(rules(text.replace("LIMIT", "1")), "cup", "acid", levels=only).unfilled) == 1


def test_an_exception_turns_knobs_for_the_orders_it_is_about():
    text = """
exceptions:
  - name: vip
    when: "'vip' in order.tags"
    strategy: [closest]
    split: {max_shipments: 1}
    cost: {extra_shipment_minor: 700}
"""
    source = rules(text)
    plain, _ = source.decide(order([line(1, "cup")]), (), NET)
    assert plain.objectives == ("cost",)
    vip, _ = source.decide(order([line(1, "cup")], tags=frozenset({"vip"})), (), NET)
    assert (vip.objectives, vip.max_shipments) == (("closest",), 1)
    assert vip.extra_shipment_minor == 700


def test_a_request_overrides_the_rule_set_and_its_exceptions_and_adds_exclusions():
    text = "exceptions: [{name: all, when: 'true', split: {max_shipments: 1}}]"
    overrides = Overrides(max_shipments=3, excluded_location_ids=frozenset({LocationId("newark")}))
    policy, _ = rules(text, overrides).decide(order([line(1, "cup")]), (), NET)
    assert policy.max_shipments == 3
    assert policy.excluded_location_ids == {"newark"}


@pytest.mark.parametrize(
    ("time", "holds"),
    [
        (datetime(2026, 11, 26, 4, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 26, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 4, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 5, 0, tzinfo=UTC), False),
    ],
)
def test_a_dated_rule_holds_from_midnight_to_midnight_of_its_time_zone(time, holds):
    dated = HAZMAT + "    from: 2026-11-26\n    until: 2026-11-30\ntz: America/New_York\n"
    found = plan(rules(dated, time=time), "acid")
    assert (verdicts(found)["newark"][0] is Verdict.RULE) is holds


def test_of_several_rules_the_first_in_the_file_is_named():
    text = """
require:
  - {name: first, location: location.rank < 0}
  - {name: second, location: location.rank < 0}
"""
    assert set(verdicts(plan(rules(text), "cup")).values()) == {(Verdict.RULE, "first")}


def test_a_condition_without_an_answer_is_an_error_with_the_rules_name():
    source = rules(f"exceptions: [{{name: odd, when: order.units * {9 * 10**18} > 1}}]")
    asked = order([line(1, "cup", 2)])
    with pytest.raises(RuleEvaluationError, match=r"rule odd: .*overflow"):
        source.decide(asked, resolve_lines(asked, NET), NET)
    with pytest.raises(RulesInvalidError, match="rule odd"):
        plan(source, "cup", "acid")


def test_rules_mean_the_same_after_a_network_change():
    source = rules(HAZMAT)
    before = verdicts(plan(source, "acid"))
    changed = NET.with_locations([replace(each, tags=frozenset()) for each in NET.locations])
    _, ruling = source.decide(order([line(1, "acid")]), (), changed)
    assert ruling.rules[0].name == "hazmat-sites"
    assert verdicts(plan(source, "acid")) == before


def test_a_rule_set_survives_pickling():
    source = rules(HAZMAT)
    again = pickle.loads(pickle.dumps(source))
    assert verdicts(plan(again, "acid")) == verdicts(plan(source, "acid"))


def test_a_relation_to_the_destination_decides_per_order():
    text = "require: [{name: near, within_km: 400, because: promised}]"
    near = verdicts(plan(rules(text), "cup"))
    assert near["newark"][0] is Verdict.ELIGIBLE
    assert near["reno"] == (Verdict.RULE, "near")
    west = order([line(1, "cup")], "89501")
    found = Engine(clock=lambda: 0.0).plan(
        request(west, NET, stock(cup=EVERYWHERE), rules(text), explain=True)
    )
    assert verdicts(found.plan)["reno"][0] is Verdict.ELIGIBLE
    assert verdicts(found.plan)["newark"] == (Verdict.RULE, "near")


def test_an_unknown_distance_or_country_is_never_near():
    text = "require: [{name: near, within_km: 40000}, {name: home, destination: same_country}]"
    nowhere = order([line(1, "cup")], "10001", destination=Destination())
    _, ruling = rules(text).decide(nowhere, resolve_lines(nowhere, NET), NET)
    assert ruling.blocked_by is not None
    assert (ruling.blocked_by == 0).all()


@pytest.mark.parametrize(
    ("country", "crossing"),
    [
        ("US", ["reno"]),
        ("PR", ["reno"]),
        ("CA", ["atlanta", "newark"]),
        ("DE", ["atlanta", "newark", "reno"]),
        (None, []),
    ],
)
def test_a_price_can_be_for_crossing_a_border(country: str | None, crossing: list[str]) -> None:
    text = "prefer: [{name: duties, destination: crosses_border, penalty_minor: 1200}]"
    countries = {"reno": "CA", "dallas": None, "newark": "US", "atlanta": "VI"}
    net = network([item("cup")], [location(n, country=c) for n, c in countries.items()])
    asked = order([line(1, "cup")], destination=Destination(country))
    _, ruling = rules(text).decide(asked, resolve_lines(asked, net), net)
    (amount,) = ruling.amounts
    ids = [each.id for each in net.locations]
    assert [ids[at] for at in np.flatnonzero(amount.location_minor)] == crossing
    assert set(amount.location_minor[amount.location_minor != 0].tolist()) <= {1200}


def test_orders_can_be_kept_from_crossing_a_border() -> None:
    text = """
require:
  - {name: no-customs, destination: crosses_border, location: location.id == 'newark'}
"""
    found = verdicts(plan(rules(text), "cup"))
    assert {rule for _, rule in found.values()} == {"no-customs"}


def test_the_first_rule_is_named_whether_it_asks_for_the_destination_or_not():
    text = """
require:
  - {name: first, within_km: 1}
  - {name: second, location: location.rank < 0}
  - {name: third, destination: same_market, location: location.rank < 0}
"""
    assert set(verdicts(plan(rules(text), "cup")).values()) == {(Verdict.RULE, "first")}
    turned = text.replace("first, within_km: 1", "first, within_km: 20000")
    assert set(verdicts(plan(rules(turned), "cup")).values()) == {(Verdict.RULE, "second")}


def test_a_preference_can_be_for_what_is_near():
    text = "prefer: [{name: far, within_km: 400, penalty_minor: 90000}]"
    found = plan(rules(text), "cup")
    assert sites(found) != ["newark"]
    soft = "require: [{name: near, within_km: 400, hard: false, price_minor: 90000}]"
    assert sites(plan(rules(soft), "cup", levels={"reno": 1, "newark": 1})) == ["newark"]


def test_each_location_that_a_line_is_picked_at_can_cost_money():
    text = "cost: {line_part_minor: 70}\nsplit: {lines: may_split}"
    asked = order([line(1, "cup", 4)])
    levels = stock(cup={"reno": 2, "newark": 2})
    found = Engine(clock=lambda: 0.0).plan(request(asked, NET, levels, rules(text))).plan
    assert len(found.shipments) == 2
    assert dict(found.cost.terms)["penalty:line_part"] == 140


def test_a_rule_decides_whether_a_line_may_wait_unless_the_order_says():
    text = """
backorder:
  - {name: not-for-marketplaces, when: order.channel == 'market', policy: deny}
  - {name: cups-may-wait, when: line.item_id == 'cup', policy: allow}
"""
    asked = order([line(1, "cup"), line(2, "acid"), line(3, "cup", backorder_policy=DENY)])
    _, ruling = rules(text).decide(asked, resolve_lines(asked, NET), NET)
    assert ruling.backorder == {"line-1": BackorderPolicy.ALLOW}
    sold = replace(asked, channel="market")
    _, ruling = rules(text).decide(sold, resolve_lines(sold, NET), NET)
    assert ruling.backorder == {"line-1": DENY, "line-2": DENY}


def test_rules_move_cutoffs_and_processing_of_the_locations_they_are_about():
    text = """
promise:
  - {name: peak, location: location.id == 'newark', extra_processing_days: 2}
  - {name: early, location: location.id == 'newark', cutoff: '09:30'}
"""
    only = {"newark": 5}
    plain = plan(rules(""), "cup", levels=only).shipments[0]
    late = plan(rules(text), "cup", levels=only).shipments[0]
    assert plain.cutoff_time is not None
    assert late.cutoff_time is not None
    assert late.ship_date is not None
    assert plain.ship_date is not None
    assert late.ship_date > plain.ship_date
    assert late.cutoff_time.astimezone(ZoneInfo("America/New_York")).time() == time(9, 30)
    assert plan(rules(text), "cup", levels={"reno": 5}).shipments[0].ship_date == (
        plan(rules(""), "cup", levels={"reno": 5}).shipments[0].ship_date
    )


def test_the_changed_calendars_are_made_once_per_network():
    source = rules("promise: [{name: peak, extra_processing_days: 1}]")
    asked = order([line(1, "cup")])
    first, second = (source.decide(asked, resolve_lines(asked, NET), NET)[1] for _ in range(2))
    assert first.network is not None
    assert first.network is second.network
    assert rules("").decide(asked, resolve_lines(asked, NET), NET)[1].network is None


def test_amounts_in_another_currency_are_refused():
    with pytest.raises(InvalidRequestError, match="has amounts in EUR, and the rate cards are in"):
        plan(rules("currency: EUR"), "cup")
