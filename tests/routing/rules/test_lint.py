"""What deserves a look: contradictions, rules without effect, names a network does not have."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from routing.location import LocationKind
from routing.network import Network
from routing.rules import Severity
from routing.rules.checking import check_rule_set
from routing.rules.presets import NAMES, presets
from tests.networks import PLACES, item, location, network

TODAY = date(2026, 11, 20)
MORE_FOR_LARGE = "exceptions: [{name: a, when: order.units > 5, split: {max_shipments: 2}}]"
KINDS = {"newark": LocationKind.STORE, "reno": LocationKind.STORE}


def net() -> Network:
    places = [
        location(
            name,
            kind=KINDS.get(name, LocationKind.FULFILLMENT_CENTER),
            tags=frozenset({"cold"} if name == "reno" else {"hazmat"}),
            channels=frozenset({"web", "pos"}),
        )
        for name in PLACES
    ]
    return network([item("cup", tags=frozenset({"fragile"})), item("pot", sku="POT-1")], places)


def warnings(text: str, where: Network | None = None) -> dict[str, str]:
    """Return path to message of the warnings about a rule set of version 1."""
    rule_set, findings = check_rule_set(
        f"version: 1\n{text}", "rules.yaml", network=where, today=TODAY
    )
    assert rule_set is not None, findings
    assert all(each.severity is Severity.WARNING for each in findings)
    return {each.path: each.message for each in findings}


def two(kind: str, first: str, second: str) -> str:
    return f"{kind}:\n- {{name: a, {first}}}\n- {{name: b, {second}}}\n"


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        (
            "exceptions: [{name: a, when: order.units < 1 && order.units > 2, strategy: cheapest}]",
            "exceptions[0].when",
            "never holds",
        ),
        (
            "require: [{name: a, location: location.rank > 3 && location.rank < 4}]",
            "require[0].location",
            "never holds: nothing that the rule is about can ship",
        ),
        (
            "require: [{name: a, location: location.rank > 3 || location.rank < 4}]",
            "require[0].location",
            "the rule rules nothing out",
        ),
        (
            "require: [{name: a, location: 'true', hard: false, price_minor: 1}]",
            "require[0].location",
            "nobody ever pays",
        ),
        (
            two(
                "require",
                "location: location.kind == 'store'",
                "location: location.kind == 'dropship'",
            ),
            "require[1].location",
            "contradicts rule a",
        ),
        (
            two(
                "require",
                "location: location.pickup",
                "when: order.units > 3, location: location.pickup || location.rank == 0",
            ),
            "require[1]",
            "rule a already rules out",
        ),
        (
            two(
                "exceptions",
                "when: order.units > 5, split: {max_shipments: 1}",
                "when: order.units > 3, split: {max_shipments: 2}",
            ),
            "exceptions[0]",
            "exception b, after it, sets the same keys",
        ),
        ("exceptions: [{name: a, when: order.units > 5}]", "exceptions[0]", "sets no key"),
        (
            two("safety_stock", "units: 2, item: item.weight_g > 9", "units: 2"),
            "safety_stock[0]",
            "rule b always keeps as much",
        ),
        (
            two("capacity", "orders_per_day: 2", "orders_per_day: 3, units_per_day: 4"),
            "",
            "",
        ),
        (
            two("capacity", "orders_per_day: 2, units_per_day: 4", "orders_per_day: 3"),
            "capacity[1]",
            "rule a is always as tight",
        ),
        (
            "require: [{name: a, location: location.pickup, until: 2026-11-19}]",
            "require[0].until",
            "was 2026-11-19: the rule is over",
        ),
        ("strategy: [closest, ranked, closest]", "strategy[2]", "is closest again"),
        ("cost: {unfilled_unit_minor: 0}", "cost.unfilled_unit_minor", "nothing is ever sent"),
        (
            "split: {max_shipments: 1}\ncost: {extra_shipment_minor: 5}",
            "cost.extra_shipment_minor",
            "there is never another shipment",
        ),
        (
            "split: {max_shipments: 1, min_shipment_units: 2}",
            "split.min_shipment_units",
            "it is about divided orders",
        ),
    ],
)
def test_what_has_no_effect_is_told(text: str, path: str, says: str) -> None:
    found = warnings(text)
    if path:
        assert says in found[path], found
    else:
        assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        two("require", "location: location.pickup", "location: \"'cold' in location.tags\""),
        two(
            "require",
            "when: order.units > 3, location: location.pickup",
            "when: order.units <= 3, location: '!location.pickup'",
        ),
        two(
            "require",
            "location: location.pickup, until: 2026-12-01",
            "location: '!location.pickup', from: 2026-12-02",
        ),
        two("require", "location: location.pickup, until: 2026-12-01", "location: location.pickup"),
        "require: [{name: a, location: location.name.startsWith('R')}]",
        "require: [{name: a, when: order.units * 3 > 10, location: location.pickup}]",
        "require: [{name: a, when: 9 - order.units == 3, location: location.pickup}]",
        "split: {max_shipments: 1}\ncost: {extra_shipment_minor: 5}\n" + MORE_FOR_LARGE,
    ],
)
def test_what_can_have_an_effect_is_not_warned_of(text: str) -> None:
    assert warnings(text) == {}


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        (
            "require: [{name: a, location: location.id == 'dalas'}]",
            "require[0].location",
            "no location.id is 'dalas'; did you mean 'dallas'?",
        ),
        (
            "require: [{name: a, location: \"'colt' in location.tags\"}]",
            "require[0].location",
            "no location has the tag 'colt'; did you mean 'cold'?",
        ),
        (
            "exceptions: [{name: a, when: order.channel == 'wbe', strategy: cheapest}]",
            "exceptions[0].when",
            "no location serves the channel 'wbe'",
        ),
        (
            "require:\n- name: a\n  when: line.sku in ['POT-1', 'POT-2']\n  location: 'true'",
            "require[0].when",
            "no line.sku is 'POT-2'; did you mean 'POT-1'?",
        ),
        (
            "safety_stock: [{name: a, units: 1, item: \"'fragil' in item.tags\"}]",
            "safety_stock[0].item",
            "no item has the tag 'fragil'; did you mean 'fragile'?",
        ),
        (
            "require: [{name: a, when: \"'fragille' in line.tags\", location: location.pickup}]",
            "require[0].when",
            "no item has the tag 'fragille'; did you mean 'fragile'?",
        ),
        (
            "capacity: [{name: a, units_per_day: 1, location: location.kind == 'dropship'}]",
            "capacity[0].location",
            "holds for none of the 4 locations",
        ),
        (
            "require: [{name: a, location: location.country == 'US'}]",
            "require[0].location",
            "holds for all 4 locations",
        ),
        ("currency: EUR", "currency", "is EUR; the rate cards are in USD"),
        (
            two(
                "require",
                "location: \"'cold' in location.tags\"",
                "location: \"'hazmat' in location.tags\"",
            ),
            "require[1].location",
            "contradicts rule a in this network",
        ),
    ],
)
def test_what_does_not_fit_the_network_is_told(text: str, path: str, says: str) -> None:
    found = warnings(text, net())
    assert says in found[path], found


def test_a_name_that_is_unknown_is_pointed_at() -> None:
    text = "version: 1\nrequire:\n- name: a\n  location: location.id in ['reno', 'dalas']\n"
    _, findings = check_rule_set(text, "rules.yaml", network=net())
    assert [(each.line, each.column) for each in findings] == [(4, 37)]


def test_tags_that_only_lines_may_have_are_not_judged() -> None:
    text = "require: [{name: a, when: \"'engraved' in line.tags\", location: location.pickup}]"
    assert "require[0].when" not in warnings(text, net())


def test_channels_are_not_judged_where_no_location_names_any() -> None:
    open_net = net().with_locations(
        [replace(each, channels=frozenset()) for each in net().locations]
    )
    text = "exceptions: [{name: a, when: order.channel == 'wbe', strategy: cheapest}]"
    assert warnings(text, open_net) == {}


@pytest.mark.parametrize("name", NAMES)
def test_presets_are_free_of_warnings(name: str) -> None:
    rule_set, findings = check_rule_set(presets()[name], name, network=net(), today=TODAY)
    assert rule_set is not None
    assert findings == ()


def test_only_so_many_rules_are_compared_and_that_is_said() -> None:
    rules = "".join(
        f"- {{name: r{number}, location: location.rank > 0}}\n" for number in range(151)
    )
    found = warnings(f"require:\n{rules}")
    assert found["require"] == "has 151 rules; only the first 150 were compared"
    assert "require[149]" in found
    assert "require[150]" not in found
