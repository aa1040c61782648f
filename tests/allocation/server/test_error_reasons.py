"""Every reason that a caller can meet now, over a real socket."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest

from allocation.engine_api import WrongPlanError
from allocation.server.environment import Environment
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from routing.errors import InvalidInputError, Violation
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.planners import GatedPlanner
from tests.allocation.server.samples import Client, allocate_request, connected, error_of, item


async def test_a_request_that_breaks_its_contract_is_answered_with_every_violation(
    client: Client,
) -> None:
    request = allocate_request()
    order = request.order
    order.ClearField("id")
    order.destination.address.region_code = "USA"
    order.destination.coordinates.latitude = float("nan")
    order.service_level = 77  # type: ignore[assignment]
    order.deliver_by.year = 2026
    order.lines[0].quantity.value = "-1"
    order.lines[0].sku = "MUG-1"
    order.lines[0].unit_price.currency_code = "EUR"
    order.lines[1].id = order.lines[0].id
    order.lines[1].quantity.value = "0.5"
    order.lines[1].backorder_policy = 9  # type: ignore[assignment]
    request.inline_stock.items[0].levels[0].available.value = "NaN"
    request.inline_stock.items[0].levels[1].location_id = ""
    request.inline_stock.items[1].inventory_item_id = "mug"
    request.options.max_shipments = -1
    request.options.alternatives = 11
    request.options.solve_budget.seconds = 61
    request.options.line_split = 5  # type: ignore[assignment]
    request.mode = 5  # type: ignore[assignment]
    request.baseline.parts.add(line_id="line-9", location_id="reno")
    error = await error_of(client.allocation.Allocate(request))
    assert error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert (error.reason, error.domain) == ("INVALID_REQUEST", "shipfrom.dev")
    assert set(error.violations) == {
        "order.id",
        "order.destination.address.region_code",
        "order.destination.coordinates.latitude",
        "order.service_level",
        "order.deliver_by",
        "order.lines[0]",
        "order.lines[0].quantity",
        "order.lines[0].unit_price.currency_code",
        "order.lines[1].id",
        "order.lines[1].quantity",
        "order.lines[1].backorder_policy",
        "inline_stock.items[0].levels[0].available",
        "inline_stock.items[0].levels[1].location_id",
        "inline_stock.items[1].inventory_item_id",
        "options.max_shipments",
        "options.alternatives",
        "options.solve_budget",
        "options.line_split",
        "mode",
        "baseline.parts[0].line_id",
        "baseline.parts[0].quantity",
    }
    assert error.message.startswith("21 problem(s)")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda request: request.ClearField("order"), "order"),
        (lambda request: request.order.ClearField("lines"), "order.lines"),
        (lambda request: request.order.ClearField("destination"), "order.destination"),
        (
            lambda request: request.order.destination.address.ClearField("postal_code"),
            "order.destination.address.postal_code",
        ),
        (lambda request: setattr(request.order, "currency", "dollars"), "order.currency"),
        (lambda request: setattr(request, "request_id", "x" * 129), "request_id"),
        (lambda request: setattr(request.hold_ttl, "seconds", 86_401), "hold_ttl"),
        (
            lambda request: request.MergeFrom(
                pb.AllocateRequest(mode=pb.ALLOCATE_MODE_HOLD, request_id="r1")
            ),
            "inline_stock",
        ),
        (
            lambda request: setattr(request.options.late_day_penalty, "units", 1),
            "options.late_day_penalty.currency_code",
        ),
        (
            lambda request: request.order.lines[0].ClearField("inventory_item_id"),
            "order.lines[0]",
        ),
        (
            lambda request: setattr(request.order.lines[0].weight_g, "value", "1e3"),
            "order.lines[0].weight_g",
        ),
        (
            lambda request: request.order.lines[0].tags.append(""),
            "order.lines[0].tags[0]",
        ),
        (
            lambda request: setattr(request.order.placed_time, "seconds", 0),
            "order.placed_time",
        ),
    ],
)
async def test_one_problem_is_one_violation(client: Client, change: Any, path: str) -> None:
    request = allocate_request()
    request.order.placed_time.seconds = 1_790_000_000
    change(request)
    error = await error_of(client.allocation.Allocate(request))
    assert error.reason == "INVALID_REQUEST"
    assert list(error.violations) == [path]


async def test_an_order_of_500_lines_is_planned_and_one_more_is_too_large(client: Client) -> None:
    request = allocate_request({"mug": "1"})
    request.options.solve_budget.nanos = 50_000_000
    for number in range(499):
        request.order.lines.add(id=f"more-{number}", inventory_item_id="tea").quantity.value = "1"
    assert (await client.allocation.Allocate(request, timeout=60)).plan.lines
    request.order.lines.add(id="last", inventory_item_id="tea").quantity.value = "1"
    error = await error_of(client.allocation.Allocate(request))
    assert error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert error.reason == "REQUEST_TOO_LARGE"
    assert error.metadata == {"kind": "lines", "count": "501", "limit": "500"}


async def test_sums_that_would_leave_64_bits_are_refused(client: Client) -> None:
    request = allocate_request({"mug": "1000000"})
    request.order.lines[0].weight_g.value = "10000000"
    request.order.lines[0].unit_price.currency_code = "USD"
    request.order.lines[0].unit_price.units = 10**10
    error = await error_of(client.allocation.Allocate(request))
    assert error.reason == "INVALID_REQUEST"
    assert list(error.violations) == ["order.lines"]


async def test_a_country_without_postal_codes_is_enough(client: Client) -> None:
    request = allocate_request()
    request.order.destination.address.region_code = "HK"
    request.order.destination.address.ClearField("postal_code")
    assert (await client.allocation.Allocate(request, timeout=10)).plan.unfilled
    request.order.destination.address.ClearField("region_code")
    error = await error_of(client.allocation.Allocate(request))
    assert list(error.violations) == [
        "order.destination.address.region_code",
        "order.destination.address.postal_code",
    ]


async def test_unknown_items_are_named_all_at_once(client: Client) -> None:
    request = allocate_request({"mug": "1", "ghost": "1", "ghoul": "1"})
    request.order.lines.add(id="by-sku", sku="NO-SUCH-SKU").quantity.value = "1"
    kit_line = request.order.lines.add(id="kit")
    kit_line.quantity.value = "1"
    kit_line.components.add(inventory_item_id="phantom")
    error = await error_of(client.allocation.Allocate(request))
    assert error.code is grpc.StatusCode.NOT_FOUND
    assert error.reason == "UNKNOWN_ITEM"
    assert error.metadata == {"items": "ghost,ghoul,NO-SUCH-SKU,phantom", "count": "4"}
    assert "'ghost'" in error.message
    assert list(error.violations) == [
        "order.lines[1].inventory_item_id",
        "order.lines[2].inventory_item_id",
        "order.lines[3].sku",
        "order.lines[4].components[0].inventory_item_id",
    ]


async def test_unknown_locations_are_named_all_at_once(client: Client) -> None:
    request = allocate_request()
    request.order.lines[0].allowed_location_ids.extend(["reno", "atlantis"])
    request.order.lines[1].excluded_location_ids.append("eldorado")
    request.options.allowed_location_ids.extend(["shangri-la", "reno"])
    error = await error_of(client.allocation.Allocate(request))
    assert error.code is grpc.StatusCode.NOT_FOUND
    assert error.reason == "UNKNOWN_LOCATION"
    assert error.metadata == {"locations": "atlantis,eldorado,shangri-la", "count": "3"}
    assert list(error.violations) == [
        "order.lines[0].allowed_location_ids",
        "order.lines[1].excluded_location_ids",
        "options.allowed_location_ids",
    ]


async def test_unknown_items_and_locations_are_told_together(client: Client) -> None:
    request = allocate_request({"ghost": "1"})
    request.options.excluded_location_ids.append("atlantis")
    error = await error_of(client.allocation.Allocate(request))
    assert error.reason == "UNKNOWN_ITEM"
    assert list(error.violations) == [
        "order.lines[0].inventory_item_id",
        "options.excluded_location_ids",
    ]
    assert "'atlantis'" in error.message


async def test_violations_come_before_unknown_names(client: Client) -> None:
    request = allocate_request({"ghost": "0"})
    assert (await error_of(client.allocation.Allocate(request))).reason == "INVALID_REQUEST"


async def test_an_unknown_rule_set_is_answered_with_the_known_ones(client: Client) -> None:
    request = allocate_request()
    request.options.rule_set = "preset:dearest"
    error = await error_of(client.allocation.Allocate(request))
    assert error.code is grpc.StatusCode.NOT_FOUND
    assert error.reason == "UNKNOWN_RULE_SET"
    assert error.metadata == {"rule_set": "preset:dearest"}
    assert "preset:cheapest" in error.message


async def test_what_is_not_registered_is_not_found(client: Client) -> None:
    found = [
        await error_of(client.network.GetLocation(net.GetLocationRequest(id="atlantis"))),
        await error_of(client.network.GetItem(net.GetItemRequest(id="ghost"))),
        await error_of(client.network.GetRateCard(net.GetRateCardRequest(id="free"))),
    ]
    assert [error.reason for error in found] == [
        "UNKNOWN_LOCATION",
        "UNKNOWN_ITEM",
        "UNKNOWN_RATE_CARD",
    ]
    assert {error.code for error in found} == {grpc.StatusCode.NOT_FOUND}


async def test_an_empty_network_is_a_failed_precondition() -> None:
    async with (
        running_server() as server,
        connected(server) as client,
    ):
        await client.network.PutItems(net.PutItemsRequest(items=[item("mug"), item("tea")]))
        error = await error_of(client.allocation.Allocate(allocate_request()))
    assert error.code is grpc.StatusCode.FAILED_PRECONDITION
    assert error.reason == "NETWORK_EMPTY"


async def test_a_deadline_too_short_to_plan_in_is_said(client: Client) -> None:
    error = await error_of(client.allocation.Allocate(allocate_request(), timeout=0.015))
    assert error.code is grpc.StatusCode.DEADLINE_EXCEEDED


async def test_more_calls_than_the_server_takes_on_are_told_when_to_come_again() -> None:
    planner = GatedPlanner()
    async with (
        running_server(
            ServerSettings(port=0, threads=1, queue=1), Environment(planner=planner)
        ) as server,
        connected(server) as client,
    ):
        await client.put_network()
        taken = [asyncio.ensure_future(_plan(client)) for _ in range(2)]
        await asyncio.to_thread(planner.started.wait, 30)
        await asyncio.sleep(0.2)  # the second call is on its way to the queue
        error = await error_of(client.allocation.Allocate(allocate_request()))
        planner.release.set()
        answers = await asyncio.gather(*taken)
    assert error.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert error.reason == "OVERLOADED"
    assert error.retry_ms is not None
    assert error.retry_ms > 0
    assert all(answer.plan.shipments for answer in answers)


async def _plan(client: Client) -> pb.AllocateResponse:
    answer: pb.AllocateResponse = await client.allocation.Allocate(allocate_request())
    return answer


async def test_a_wrong_plan_is_no_answer_and_is_counted() -> None:
    planner = GatedPlanner(is_open=True)
    planner.error = WrongPlanError("a solution does not verify: it costs 7, not 5")
    async with (
        running_server(environment=Environment(planner=planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        error = await error_of(client.allocation.Allocate(allocate_request()))
        planner.error = None
        await client.allocation.Allocate(allocate_request())
        counted = server.metrics.registry.get_sample_value("shipfrom_wrong_plans_total")
    assert error.code is grpc.StatusCode.INTERNAL
    assert error.metadata["incident_id"]
    assert "costs 7" not in error.message
    assert counted == 1


async def test_a_bug_is_answered_with_an_incident_id_that_is_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    planner = GatedPlanner(is_open=True)
    planner.error = RuntimeError("a secret detail")
    async with (
        running_server(environment=Environment(planner=planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        error = await error_of(client.allocation.Allocate(allocate_request()))
    assert error.code is grpc.StatusCode.INTERNAL
    assert error.reason == "INTERNAL"
    assert "secret" not in error.message
    (record,) = [each for each in caplog.records if each.message == "internal error"]
    assert vars(record)["incident_id"] == error.metadata["incident_id"]
    assert "a secret detail" in caplog.text


async def test_a_problem_that_only_the_domain_sees_is_the_callers() -> None:
    planner = GatedPlanner(is_open=True)
    planner.error = InvalidInputError([Violation("order.lines[0].quantity", "is odd")])
    async with (
        running_server(environment=Environment(planner=planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        error = await error_of(client.allocation.Allocate(allocate_request()))
    assert error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert error.violations == {"order.lines[0].quantity": "is odd"}
