"""The rule service over a real socket: put, activate, roll back, try."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from allocation.server.rule_texts import MOST_TEXT_BYTES
from allocation.server.rule_trial import TRIED
from allocation.v1 import rule_service_pb2 as pb
from routing.v1 import rule_set_pb2
from tests.allocation.server.samples import Client, allocate_request, error_of, usd

ONLY = """\
version: 1
require:
  - name: only-{0}
    location: location.id == "{0}"
"""
BROKEN = "version: 1\nstrateggy: cheapest\nsplit:\n  max_shipments: many\n"


async def put(client: Client, place: str) -> Any:
    request = pb.PutRulesRequest(yaml=ONLY.format(place), author="ann", comment=f"try {place}")
    return (await client.rules.PutRules(request)).rule_set


async def activate(client: Client, revision: str, etag: str = "") -> Any:
    request = pb.ActivateRulesRequest(revision=revision, author="bob", comment="go", etag=etag)
    return (await client.rules.ActivateRules(request)).rule_set


async def ships_from(client: Client, rule_set: str = "") -> tuple[str, str]:
    request = allocate_request({"mug": "1"})
    request.options.rule_set = rule_set
    plan = (await client.allocation.Allocate(request)).plan
    return plan.basis.rule_set_revision, plan.shipments[0].location_id


async def test_a_rule_set_decides_nothing_until_it_is_activated(client: Client) -> None:
    stored = await put(client, "reno")
    assert stored.state == rule_set_pb2.RULE_SET_STATE_DRAFT
    assert (stored.author, stored.comment) == ("ann", "try reno")
    assert await ships_from(client) == ("preset:cheapest", "newark")
    activated = await activate(client, stored.revision)
    assert activated.state == rule_set_pb2.RULE_SET_STATE_ACTIVE
    assert activated.etag != stored.etag
    assert await ships_from(client) == (stored.revision, "reno")


async def test_a_request_can_name_a_draft_or_a_preset_whatever_is_active(client: Client) -> None:
    active, draft = await put(client, "reno"), await put(client, "dallas")
    await activate(client, active.revision)
    assert await ships_from(client, draft.revision) == (draft.revision, "dallas")
    assert await ships_from(client, "preset:cheapest") == ("preset:cheapest", "newark")


async def test_rolling_back_is_activating_the_one_before(client: Client) -> None:
    first, second = await put(client, "reno"), await put(client, "dallas")
    for revision in (first.revision, second.revision, first.revision):
        await activate(client, revision)
    assert (await ships_from(client))[1] == "reno"
    answer = await client.rules.ListActivations(pb.ListActivationsRequest())
    record = [
        (each.number, each.revision, each.author, each.comment) for each in answer.activations
    ]
    assert record == [
        (3, first.revision, "bob", "go"),
        (2, second.revision, "bob", "go"),
        (1, first.revision, "bob", "go"),
    ]
    states = {each.revision: each.state for each in (await list_rules(client)).rule_sets}
    assert states[second.revision] == rule_set_pb2.RULE_SET_STATE_RETIRED


async def list_rules(client: Client, **fields: object) -> Any:
    return await client.rules.ListRules(pb.ListRulesRequest(**fields))  # type: ignore[arg-type]


async def test_the_same_file_is_the_same_revision(client: Client) -> None:
    first, again = await put(client, "reno"), await put(client, "reno")
    assert first == again
    assert len((await list_rules(client)).rule_sets) == 1


async def test_lists_come_in_pages_without_the_files(client: Client) -> None:
    revisions = [(await put(client, place)).revision for place in ("reno", "dallas", "newark")]
    first = await list_rules(client, page_size=2)
    rest = await list_rules(client, page_size=2, page_token=first.next_page_token)
    assert [each.revision for each in (*first.rule_sets, *rest.rule_sets)] == revisions[::-1]
    assert rest.next_page_token == ""
    assert {each.yaml for each in first.rule_sets} == {""}


@pytest.mark.parametrize("token", ["nonsense", "YWZ0ZXI6eA=="])
async def test_a_page_that_cannot_be_is_refused(client: Client, token: str) -> None:
    for listing, request in (
        (client.rules.ListRules, pb.ListRulesRequest),
        (client.rules.ListActivations, pb.ListActivationsRequest),
    ):
        error = await error_of(listing(request(page_size=1001, page_token=token)))
        assert (error.reason, sorted(error.violations)) == (
            "INVALID_REQUEST",
            ["page_size", "page_token"],
        )


async def test_the_file_comes_back_to_the_byte(client: Client) -> None:
    text = f"# caf\u00e9 \u2603\n{ONLY.format('reno')}"
    stored = (await client.rules.PutRules(pb.PutRulesRequest(yaml=text))).rule_set
    found = await client.rules.GetRules(pb.GetRulesRequest(revision=stored.revision))
    assert found.rule_set.yaml == text
    await activate(client, stored.revision)
    assert (await client.rules.GetRules(pb.GetRulesRequest())).rule_set.yaml == text


# --- what is refused ---------------------------------------------------------


async def test_a_check_names_every_problem_with_its_place(client: Client) -> None:
    answer = await client.rules.ValidateRules(pb.ValidateRulesRequest(yaml=BROKEN))
    found = [(each.line, each.path) for each in answer.findings]
    assert found == [(2, "strateggy"), (4, "split.max_shipments")]
    assert "strategy" in answer.findings[0].message
    assert {each.severity for each in answer.findings} == {rule_set_pb2.RULE_FINDING_SEVERITY_ERROR}


@pytest.mark.parametrize("validate_only", [False, True])
async def test_a_broken_file_is_not_stored_and_every_problem_is_a_violation(
    client: Client, validate_only: bool
) -> None:
    request = pb.PutRulesRequest(yaml=BROKEN, validate_only=validate_only)
    error = await error_of(client.rules.PutRules(request))
    assert error.code is grpc.StatusCode.FAILED_PRECONDITION
    assert error.reason == "RULES_INVALID"
    assert [path.rpartition(":")[0] for path in error.violations] == ["yaml:2", "yaml:4"]
    assert len((await list_rules(client)).rule_sets) == 0


async def test_a_file_that_is_only_checked_is_not_stored(client: Client) -> None:
    request = pb.PutRulesRequest(yaml=ONLY.format("reno"), validate_only=True)
    answer = await client.rules.PutRules(request)
    assert not answer.HasField("rule_set")
    assert len((await list_rules(client)).rule_sets) == 0


async def test_a_text_that_is_missing_or_too_large_is_refused(client: Client) -> None:
    huge = "#" * (MOST_TEXT_BYTES + 1)
    for call, request in (
        (client.rules.PutRules, pb.PutRulesRequest),
        (client.rules.ValidateRules, pb.ValidateRulesRequest),
    ):
        for text in ("", huge):
            error = await error_of(call(request(yaml=text)))
            assert (error.reason, list(error.violations)) == ("INVALID_REQUEST", ["yaml"])
    just = "version: 1\n" + "#" * (MOST_TEXT_BYTES - 11)
    assert (await client.rules.PutRules(pb.PutRulesRequest(yaml=just))).rule_set.revision


async def test_somebody_who_has_not_seen_the_last_activation_is_told(client: Client) -> None:
    first, second = await put(client, "reno"), await put(client, "dallas")
    seen = await activate(client, first.revision, etag=first.etag)
    await activate(client, second.revision)
    request = pb.ActivateRulesRequest(revision=first.revision, etag=seen.etag)
    error = await error_of(client.rules.ActivateRules(request))
    assert error.code is grpc.StatusCode.FAILED_PRECONDITION
    assert error.reason == "ETAG_MISMATCH"
    assert error.metadata["expected"] == seen.etag
    assert (await ships_from(client))[1] == "dallas"


@pytest.mark.parametrize("name", ["rules-0123456789abcdef", "preset:cheepest", "cheapest"])
async def test_a_rule_set_that_is_not_there_is_named_with_those_that_are(
    client: Client, name: str
) -> None:
    request = allocate_request()
    request.options.rule_set = name
    calls = [
        client.allocation.Allocate(request),
        client.rules.TryRules(pb.TryRulesRequest(revision=name, orders=[allocate_request()])),
    ]
    if not name.startswith("preset:"):
        calls += [
            client.rules.GetRules(pb.GetRulesRequest(revision=name)),
            client.rules.ActivateRules(pb.ActivateRulesRequest(revision=name)),
        ]
    for call in calls:
        error = await error_of(call)
        assert error.code is grpc.StatusCode.NOT_FOUND
        assert error.reason == "UNKNOWN_RULE_SET"
        assert error.metadata["rule_set"] == name


async def test_presets_are_named_where_the_name_is_none(client: Client) -> None:
    request = allocate_request()
    request.options.rule_set = "cheapest"
    assert "preset:cheapest" in (await error_of(client.allocation.Allocate(request))).message


async def test_nothing_is_active_at_first(client: Client) -> None:
    error = await error_of(client.rules.GetRules(pb.GetRulesRequest()))
    assert error.reason == "UNKNOWN_RULE_SET"
    assert "preset:cheapest decides" in error.message


# --- trying ------------------------------------------------------------------


async def test_trying_plans_each_order_and_leaves_what_decides_alone(client: Client) -> None:
    orders = [allocate_request({"mug": "1"}), allocate_request({"tea": "2"})]
    answer = await client.rules.TryRules(
        pb.TryRulesRequest(yaml=ONLY.format("reno"), orders=orders)
    )
    assert [plan.shipments[0].location_id for plan in answer.plans] == ["reno", "reno"]
    assert {plan.basis.rule_set_revision for plan in answer.plans} == {TRIED}
    assert await ships_from(client) == ("preset:cheapest", "newark")
    assert len((await list_rules(client)).rule_sets) == 0


async def test_a_stored_rule_set_can_be_tried_and_by_default_the_active_one(client: Client) -> None:
    draft, active = await put(client, "reno"), await put(client, "dallas")
    await activate(client, active.revision)
    for named, place in ((draft.revision, "reno"), ("", "dallas"), ("preset:cheapest", "newark")):
        request = pb.TryRulesRequest(revision=named, orders=[allocate_request({"mug": "1"})])
        [plan] = (await client.rules.TryRules(request)).plans
        assert plan.shipments[0].location_id == place


async def test_a_trial_that_cannot_mean_anything_is_refused(client: Client) -> None:
    order = allocate_request()
    order.options.rule_set = "preset:cheapest"
    request = pb.TryRulesRequest(revision="preset:cheapest", yaml=ONLY, orders=[order])
    error = await error_of(client.rules.TryRules(request))
    assert sorted(error.violations) == ["orders[0].options.rule_set", "yaml"]
    error = await error_of(client.rules.TryRules(pb.TryRulesRequest()))
    assert list(error.violations) == ["orders"]
    error = await error_of(
        client.rules.TryRules(pb.TryRulesRequest(yaml=BROKEN, orders=[allocate_request()]))
    )
    assert error.reason == "RULES_INVALID"


async def test_a_problem_of_an_order_is_named_with_its_place(client: Client) -> None:
    bad = allocate_request()
    bad.order.ClearField("id")
    request = pb.TryRulesRequest(orders=[allocate_request(), bad])
    error = await error_of(client.rules.TryRules(request))
    assert list(error.violations) == ["orders[1].order.id"]


async def test_a_thousand_orders_can_be_tried_and_not_one_more(client: Client) -> None:
    request = pb.TryRulesRequest(
        orders=[allocate_request({"mug": "1"}, {"mug": {"reno": "1"}})] * 1001
    )
    error = await error_of(client.rules.TryRules(request))
    assert error.reason == "REQUEST_TOO_LARGE"
    assert error.metadata == {"kind": "orders", "count": "1001", "limit": "1000"}


async def test_a_condition_without_an_answer_is_a_fault_of_the_rules(client: Client) -> None:
    rule = 'name: odd\n    when: 100 / (order.units - 3) > 0\n    location: "true"'
    text = f"version: 1\nrequire:\n  - {rule}\n"
    stored = (await client.rules.PutRules(pb.PutRulesRequest(yaml=text))).rule_set
    request = allocate_request({"mug": "3"})
    request.options.rule_set = stored.revision
    error = await error_of(client.allocation.Allocate(request))
    assert error.reason == "RULES_INVALID"
    assert error.metadata["rule"] == "odd"


async def test_the_price_of_an_order_comes_with_its_trial(client: Client) -> None:
    order = allocate_request({"mug": "1"})
    order.options.extra_shipment_penalty.CopyFrom(usd(1))
    order.options.explain = True
    [plan] = (await client.rules.TryRules(pb.TryRulesRequest(orders=[order]))).plans
    assert plan.cost.total.units > 0
    assert plan.explanation.sentences


CASES = """\
version: 1
network:
  locations: [{{id: reno, postal_code: "89502"}}, {{id: dallas, postal_code: "75201"}}]
  items: [{{id: cup}}]
cases:
  - name: from-reno
    stock: {{cup: {{reno: 1, dallas: 1}}}}
    order: {{postal_code: "10001", lines: [{{item: cup, units: 1}}]}}
    expect: {{ships_from: [{0}]}}
"""


async def test_a_check_runs_the_cases_and_compares_with_the_network(client: Client) -> None:
    text = ONLY.format("reno") + "  - {name: odd, location: location.id != 'rneo'}\n"
    request = pb.ValidateRulesRequest(yaml=text, cases_yaml=CASES.format("reno"))
    findings = (await client.rules.ValidateRules(request)).findings
    assert [each.in_cases for each in findings] == [False] * len(findings)
    assert "no location.id is 'rneo'; did you mean 'reno'?" in {each.message for each in findings}
    request.cases_yaml = CASES.format("dallas")
    failures = [
        each for each in (await client.rules.ValidateRules(request)).findings if each.in_cases
    ]
    assert [(each.path, each.line) for each in failures] == [("cases[0].expect.ships_from", 9)]
    assert "expected dallas; the plan sends 1 cup from reno" in failures[0].message
