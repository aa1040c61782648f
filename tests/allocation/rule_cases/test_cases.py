"""Cases of a rule set: read, run through the live engine, and what they leave untried."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest
from ruamel.yaml import YAML

from allocation.engine import Engine
from allocation.engine_api import PlanningRequest, PlanningResult
from allocation.optimize.solution import ProofStatus
from allocation.plan import UnfilledReason
from allocation.rule_cases.check import CasesReport, check_cases
from allocation.rule_cases.schema import Reason
from routing.rules import parse_rule_set
from routing.rules.knobs import knobs_of
from routing.rules.presets import NAMES, preset, preset_cases
from routing.rules.schema.cost import Cost
from routing.rules.schema.split import Split
from routing.sourcing.policy import Overrides

TABLES = YAML(typ="safe").load(Path(__file__).with_name("tables.yaml").read_text(encoding="utf-8"))
ENGINE = Engine(clock=time.monotonic)
RULES = """\
version: 1
cost: {extra_shipment_minor: 150}
split: {lines: whole, max_shipments: 2}
require:
  - name: hazmat-sites
    because: they have the permit
    when: "'hazmat' in line.tags"
    location: "'hazmat' in location.tags"
safety_stock:
  - {name: keep-2-in-stores, units: 2, location: location.kind == 'store'}
"""
NETWORK = """\
version: 1
network:
  locations:
    - {id: reno, postal_code: "89502"}
    - {id: dallas, postal_code: "75201", tags: [hazmat]}
    - {id: newark, postal_code: "07102", kind: store}
  items: [{id: cup}, {id: acid, tags: [hazmat]}]
cases:
"""
HAZMAT = """\
  - name: hazmat-from-dallas
    stock: {acid: {dallas: 3, newark: 5}}
    order: {postal_code: "10001", lines: [{item: acid, units: 1}]}
    expect:
      ships_from: [dallas]
      verdicts: [{line: acid, location: newark, verdict: rule, rule: hazmat-sites}]
"""
STORE = """\
  - name: two-stay-in-the-store
    because: a shopper may want them
    stock: {cup: {reno: 3, newark: 3}}
    order: {postal_code: "10001", lines: [{item: cup, units: 2}]}
    expect: {shipments: [{from: reno, lines: {cup: 2}}]}
"""


def check(cases: str, rules: str = RULES) -> CasesReport:
    return check_cases(parse_rule_set(rules, file_name="r.yaml"), cases, None, ENGINE)


def texts(report: CasesReport) -> list[str]:
    return [each.text("c.yaml") for each in (*report.findings, *report.failures)]


def test_cases_that_hold_leave_only_what_they_do_not_try() -> None:
    report = check(NETWORK + HAZMAT + STORE)
    assert texts(report) == []
    assert [each.name for each in report.results] == ["hazmat-from-dallas", "two-stay-in-the-store"]
    assert [(each.path, each.line) for each in report.uncovered] == [
        ("cost.extra_shipment_minor", 2),
        ("split.max_shipments", 3),
    ]


def test_a_rule_is_tried_by_a_case_that_fails_without_it() -> None:
    report = check(NETWORK + HAZMAT.replace("verdicts", "# verdicts"))
    assert "require[0]" not in {each.path for each in report.uncovered}
    assert "safety_stock[0]" in {each.path for each in report.uncovered}


@pytest.mark.parametrize("row", TABLES["failures"], ids=lambda row: row["new"])
def test_what_is_not_as_expected_is_told_with_what_is_so(row: dict[str, str]) -> None:
    report = check((NETWORK + HAZMAT).replace(row["old"], row["new"]))
    assert any(each.startswith(row["says"]) for each in texts(report)), texts(report)
    assert report.results[0].reasons
    assert report.uncovered == ()


def test_a_location_that_should_have_shipped_is_asked_why_it_did_not() -> None:
    cases = (NETWORK + HAZMAT).replace("ships_from: [dallas]", "ships_from: [reno]")
    [result] = check(cases).results
    assert "why not reno: acid: rule hazmat-sites says no: they have the permit" in result.reasons


@pytest.mark.parametrize("row", TABLES["mistakes"], ids=lambda row: row["new"])
def test_mistakes_in_cases_are_told_before_anything_runs(row: dict[str, str]) -> None:
    report = check((NETWORK + HAZMAT).replace(row["old"], row["new"], 1))
    assert report.results == ()
    assert any(row["says"] in each for each in texts(report)), texts(report)


def test_a_case_can_override_the_rule_set_and_choose_its_time() -> None:
    case = HAZMAT.replace(
        "expect:",
        "now: 2026-12-24T15:00-05:00\n    options: {excluded_locations: [dallas]}\n    expect:",
    ).replace("ships_from: [dallas]", "unfilled: {acid: {units: 1}}")
    assert texts(check(NETWORK + case)) == []


def test_cases_can_let_lines_be_collected_or_wait() -> None:
    rules = """\
version: 1
require: [{name: no-transfers, when: line.picked_up, destination: pickup_location}]
backorder: [{name: no-waiting-for-acid, when: line.item_id == 'acid', policy: deny}]
"""
    cases = NETWORK.replace("kind: store", "kind: store, pickup: true").replace(
        "{id: acid,", "{id: acid, backorder: allow,"
    )
    picked = "{item: cup, units: 1, pickup_location: newark}"
    cases += f"""\
  - name: collected-from-its-own-stock
    stock: {{cup: {{reno: 3}}}}
    order: {{postal_code: "10001", lines: [{picked}]}}
    expect:
      unfilled: {{cup: {{units: 1}}}}
      verdicts: [{{line: cup, location: reno, verdict: rule, rule: no-transfers}}]
  - name: acid-does-not-wait
    stock: {{acid: {{dallas: 0}}}}
    order: {{postal_code: "10001", lines: [{{item: acid, units: 1}}]}}
    expect: {{unfilled: {{acid: {{units: 1, reason: not_in_stock}}}}}}
"""
    report = check(cases, rules)
    assert texts(report) == []
    assert report.uncovered == ()


def test_a_file_needs_a_network_from_somewhere() -> None:
    report = check("version: 1\ncases:\n" + HAZMAT)
    assert "give network in the file, or check with --network" in texts(report)[0]


def test_a_case_that_cannot_be_planned_fails_and_says_why() -> None:
    odd = "{name: odd, when: order.units * 9000000000000000000 > 1, strategy: cheapest}"
    rules = f"version: 1\nexceptions: [{odd}]"
    report = check(NETWORK + STORE, rules)
    assert "cannot be planned: rule odd" in texts(report)[0]


def test_a_plan_that_is_not_proven_best_decides_no_case() -> None:
    class Hasty:
        def plan(self, request: PlanningRequest) -> PlanningResult:
            result = ENGINE.plan(request)
            proof = replace(result.plan.proof, status=ProofStatus.FEASIBLE)
            return replace(result, plan=replace(result.plan, proof=proof))

    rule_set = parse_rule_set(RULES, file_name="r.yaml")
    report = check_cases(rule_set, NETWORK + STORE, None, Hasty())
    assert "the search ended before the plan was proven best" in texts(report)[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_cases_of_a_preset_hold_and_try_all_of_it(name: str) -> None:
    report = check_cases(preset(name), preset_cases()[name], None, ENGINE)
    assert texts(report) == []
    assert report.uncovered == ()
    assert report.results


def test_every_override_of_a_request_can_stand_in_a_case() -> None:
    cost = Cost(**dict.fromkeys(Cost.model_fields, 1))
    split = Split(
        lines="whole",
        max_shipments=1,
        ship_complete=True,
        min_shipment_value_minor=1,
        min_shipment_units=1,
    )
    knobs = {knob for knob, _, _ in knobs_of(cost, split)}
    given = {"allowed_location_ids", "excluded_location_ids"}
    assert {each.name for each in fields(Overrides)} <= knobs | given


def test_reasons_of_cases_are_those_of_plans() -> None:
    assert {*get_args(Reason), "undecided"} == {each.value for each in UnfilledReason}
