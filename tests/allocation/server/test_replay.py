"""A recorded decision comes out again, byte for byte, whatever has happened since."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from allocation.server import shipped
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import decision_pb2, plan_pb2, planning_options_pb2
from routing.rating.load import RATES_FILE
from routing.rating.shipped_tables import shipped_tables
from routing.rules.presets import presets
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

SPLIT = planning_options_pb2.LINE_SPLIT_ALLOWED


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    settings = ServerSettings(port=0, store=f"sqlite:{tmp_path / 's.db'}", record_plans=True)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 3, "newark": 4}, "tea": {"dallas": 9}})
        yield client


async def replayed(client: Client, plan_id: str) -> pb.ReplayPlanResponse:
    answer: pb.ReplayPlanResponse = await client.allocation.ReplayPlan(
        pb.ReplayPlanRequest(plan_id=plan_id)
    )
    return answer


async def change_everything(client: Client) -> None:
    """Change what plans depend on: stock, weights, locations."""
    await put_stock(client, {"mug": {"reno": 90, "dallas": 50, "newark": 40}})
    heavier = [item("mug", "9000", sku="MUG-1"), item("tea", "5000", sku="TEA-1")]
    await client.network.PutItems(net.PutItemsRequest(items=heavier))
    moved = [location("newark", "94103"), location("miami", "33101")]
    await client.network.PutLocations(net.PutLocationsRequest(locations=moved))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"explain": True, "alternatives": 3},
        {"line_split": SPLIT, "max_shipments": 2},
        {"rule_set": "preset:shopify-default"},
    ],
)
async def test_a_hold_replays_after_everything_has_changed(
    client: Client, options: dict[str, Any]
) -> None:
    request = hold_request({"mug": "5", "tea": "2", "gift-set": "1"}, **options)
    plan = (await client.allocation.Allocate(request)).plan
    await change_everything(client)
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    answer = await replayed(client, plan.id)
    assert answer.differing_fields == []
    assert answer.identical
    assert answer.recorded == answer.replayed == plan
    assert not answer.caveats


async def test_a_decision_without_a_hold_replays_if_it_was_recorded(client: Client) -> None:
    inline = allocate_request({"mug": "2", "tea": "1"})
    ledger = hold_request({"mug": "2", "tea": "1"})
    ledger.mode = pb.ALLOCATE_MODE_PLAN_ONLY
    for request in (inline, ledger):
        plan = (await client.allocation.Allocate(request)).plan
        await change_everything(client)
        answer = await replayed(client, plan.id)
        assert answer.identical
        assert answer.replayed == plan


async def test_a_plan_that_took_anothers_place_replays(client: Client) -> None:
    old = (await client.allocation.Allocate(hold_request({"mug": "3"}))).plan
    request = pb.ReallocatePlanRequest(
        plan_id=old.id, request_id="a", excluded_location_ids=["newark"]
    )
    new = (await client.allocation.ReallocatePlan(request)).plan
    await change_everything(client)
    for plan in (old, new):
        assert (await replayed(client, plan.id)).identical


async def test_names_and_streets_are_not_recorded_and_not_missed(client: Client) -> None:
    request = hold_request({"mug": "2"})
    request.order.destination.address.recipients.append("Ada Lovelace")
    request.order.destination.address.address_lines.append("12 St James's Square")
    plan = (await client.allocation.Allocate(request)).plan
    record = client.server.store.decisions.find(plan.id)
    assert record is not None
    assert b"Lovelace" not in record
    assert b"Square" not in record
    assert decision_pb2.DecisionRecord.FromString(record).request.order.lines
    assert (await replayed(client, plan.id)).identical


async def test_what_differs_is_named(client: Client) -> None:
    plan = (await client.allocation.Allocate(hold_request({"mug": "2"}))).plan

    def change(record: decision_pb2.DecisionRecord) -> None:
        record.engine_version = "0.0.1"
        record.request.order.lines[0].quantity.value = "1"

    await keep_changed(client, plan, change)
    answer = await replayed(client, "other")
    assert not answer.identical
    assert {"lines", "reservations", "cost"} <= set(answer.differing_fields)
    assert any("0.0.1" in caveat for caveat in answer.caveats)


async def keep_changed(
    client: Client, plan: plan_pb2.Plan, change: Callable[[decision_pb2.DecisionRecord], None]
) -> None:
    """Keep the record of a plan's decision once more as that of another, with a change."""
    content = client.server.store.decisions.find(plan.id)
    assert content is not None
    record = decision_pb2.DecisionRecord.FromString(content)
    record.answer = pb.AllocateResponse(plan=plan).SerializeToString()
    change(record)
    content = record.SerializeToString()
    client.server.store.decisions.keep("other", content, now=datetime.now(UTC)).result()


async def test_a_request_that_is_not_accepted_any_more_says_which_version_did(
    client: Client,
) -> None:
    plan = (await client.allocation.Allocate(hold_request({"mug": "2"}))).plan

    def change(record: decision_pb2.DecisionRecord) -> None:
        record.engine_version = "0.0.1"
        record.request.order.lines[0].quantity.value = "-1"

    await keep_changed(client, plan, change)
    error = await error_of(client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id="other")))
    assert error.violations.keys() == {"plan_id"}
    said = error.violations["plan_id"]
    assert "recorded by version 0.0.1" in said
    assert "order.lines[0].quantity" in said


async def test_an_explanation_that_differs_alone_is_put_down_to_time(client: Client) -> None:
    request = hold_request({"mug": "2"}, explain=True)
    plan = (await client.allocation.Allocate(request)).plan
    assert plan.explanation.sentences
    shorter = plan_pb2.Plan()
    shorter.CopyFrom(plan)
    del shorter.explanation.sentences[:]
    await keep_changed(client, shorter, lambda _: None)
    answer = await replayed(client, "other")
    assert answer.differing_fields == ["explanation"]
    assert ["the plan itself is the same" in caveat for caveat in answer.caveats] == [True]


async def test_a_decision_that_was_not_recorded_is_not_found(client: Client) -> None:
    error = await error_of(client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id="p")))
    assert error.reason == "PLAN_NOT_FOUND"
    error = await error_of(client.allocation.ReplayPlan(pb.ReplayPlanRequest()))
    assert set(error.violations) == {"plan_id"}


async def test_that_a_line_named_a_po_box_is_kept_though_the_line_is_not(client: Client) -> None:
    request = hold_request({"mug": "2"})
    request.order.destination.address.address_lines.append("PO Box 17")
    plan = (await client.allocation.Allocate(request)).plan
    assert any("post office box" in each for each in plan.warnings)
    assert {each.carrier_service.carrier for each in plan.shipments} == {"usps"}
    record = client.server.store.decisions.find(plan.id)
    assert record is not None
    assert b"Box 17" not in record
    assert (await replayed(client, plan.id)).identical


def dearer(tables: Mapping[str, str]) -> Mapping[str, str]:
    """Return other tables, as a later version may come with: every price has a digit more."""
    header, *rows = tables[RATES_FILE].splitlines()
    column = header.split(",").index("price")
    cells = [row.split(",") for row in rows]
    for row in cells:
        row[column] = f"1{row[column]}"
    return {**tables, RATES_FILE: "\n".join([header, *map(",".join, cells)]) + "\n"}


@pytest.fixture
def forget_shipped() -> Iterator[Callable[[], None]]:
    yield shipped.shipped_content.cache_clear
    shipped.shipped_content.cache_clear()


async def test_a_decision_is_replayed_with_the_rates_and_presets_of_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forget_shipped: Callable[[], None]
) -> None:
    settings = ServerSettings(port=0, store=f"sqlite:{tmp_path / 's.db'}")
    request = hold_request({"mug": "2"}, rule_set="preset:cheapest")
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 9, "newark": 9}})
        before = (await client.allocation.Allocate(request)).plan
    tables, texts = shipped_tables(), presets()
    later = {**texts, "cheapest": texts["spree-minimize-splits"]}
    monkeypatch.setattr(shipped, "shipped_tables", lambda: dearer(tables))
    monkeypatch.setattr(shipped, "presets", lambda: later)
    forget_shipped()
    async with running_server(settings) as server, connected(server) as client:
        answer = await replayed(client, before.id)
        assert answer.identical, answer.differing_fields
        request.request_id = "r2"
        now = (await client.allocation.Allocate(request)).plan
        assert now.cost != before.cost
        assert (await replayed(client, now.id)).identical
