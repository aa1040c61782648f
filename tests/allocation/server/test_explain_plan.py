"""ExplainPlan: why a stored plan is as it is, from its record, whatever has happened since."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from allocation.server.explaining import OTHERWISE
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import explanation_pb2, rule_service_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import hold_request, put_stock
from tests.allocation.server.samples import (
    Client,
    allocate_request,
    connected,
    error_of,
    item,
    location,
)

RULES = """\
version: 1
require:
  - name: not-newark
    because: the lift is broken
    location: location.id != "newark"
"""


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    settings = ServerSettings(port=0, store=f"sqlite:{tmp_path / 's.db'}", record_plans=True)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 3, "newark": 4}, "tea": {"dallas": 9}})
        yield client


async def explained(client: Client, plan_id: str, *places: str) -> explanation_pb2.Explanation:
    request = pb.ExplainPlanRequest(plan_id=plan_id, location_ids=places)
    answer: Any = await client.allocation.ExplainPlan(request)
    found: explanation_pb2.Explanation = answer.explanation
    return found


async def test_a_plan_is_explained_as_it_was_when_it_was_made(client: Client) -> None:
    request = allocate_request({"mug": "2"})
    request.options.explain = True
    request.options.ask_about_location_ids.append("reno")
    plan = (await client.allocation.Allocate(request)).plan
    assert await explained(client, plan.id, "reno") == plan.explanation


async def test_what_has_changed_since_does_not_matter(client: Client) -> None:
    plan = (await client.allocation.Allocate(hold_request({"mug": "2"}))).plan
    before = await explained(client, plan.id, "reno")
    await put_stock(client, {"mug": {"reno": 90, "dallas": 50, "newark": 0}})
    heavier = [item("mug", "9000", sku="MUG-1"), item("tea", "5000", sku="TEA-1")]
    await client.network.PutItems(net.PutItemsRequest(items=heavier))
    moved = [location("newark", "94103"), location("miami", "33101")]
    await client.network.PutLocations(net.PutLocationsRequest(locations=moved))
    rules = (await client.rules.PutRules(rule_service_pb2.PutRulesRequest(yaml=RULES))).rule_set
    await client.rules.ActivateRules(rule_service_pb2.ActivateRulesRequest(revision=rules.revision))
    after = await explained(client, plan.id, "reno")
    assert after == before
    assert OTHERWISE not in after.sentences


async def test_a_rule_is_named_in_the_verdict_and_in_the_answer(client: Client) -> None:
    rules = (await client.rules.PutRules(rule_service_pb2.PutRulesRequest(yaml=RULES))).rule_set
    await client.rules.ActivateRules(rule_service_pb2.ActivateRulesRequest(revision=rules.revision))
    plan = (await client.allocation.Allocate(hold_request({"mug": "2"}))).plan
    found = await explained(client, plan.id, "newark")
    [verdict] = [each for each in found.lines[0].verdicts if each.location_id == "newark"]
    assert (verdict.verdict, verdict.rule) == (explanation_pb2.VERDICT_RULE, "not-newark")
    assert found.sentences[-1].startswith("why not newark: line-1: rule not-newark says no")


async def test_an_unfilled_line_comes_with_the_least_that_it_would_take(client: Client) -> None:
    plan = (await client.allocation.Allocate(hold_request({"mug": "5", "tea": "1"}))).plan
    [conflict] = (await explained(client, plan.id)).conflicts
    assert conflict.smallest
    assert [each.detail for each in conflict.obstacles] == ["lines that may be split"]
    assert conflict.obstacles[0].kind == explanation_pb2.OBSTACLE_KIND_WHOLE_LINES


async def test_a_plan_that_nobody_recorded_cannot_be_explained(client: Client) -> None:
    error = await error_of(client.allocation.ExplainPlan(pb.ExplainPlanRequest(plan_id="pln_x")))
    assert error.reason == "PLAN_NOT_FOUND"


async def test_a_question_that_cannot_be_is_refused(client: Client) -> None:
    request = pb.ExplainPlanRequest(location_ids=[f"l{number}" for number in range(21)])
    error = await error_of(client.allocation.ExplainPlan(request))
    assert (error.reason, sorted(error.violations)) == (
        "INVALID_REQUEST",
        ["location_ids", "plan_id"],
    )
