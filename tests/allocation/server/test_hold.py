"""Allocate with a hold: stock is set aside before the answer, once, and never twice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from concurrent.futures import Future
from pathlib import Path

import grpc
import pytest

from allocation.errors import NoPlanInTimeError
from allocation.ledger.api import Ledger
from allocation.ledger.commands import Command, Hold
from allocation.ledger.errors import InsufficientStockError, Shortage
from allocation.ledger.level import Buckets
from allocation.ledger.replies import AuditReport, Reply
from allocation.server import holding
from allocation.server.environment import Environment, default_environment
from allocation.server.holding import MOST_ATTEMPTS
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, reservation_pb2
from routing.v1 import backorder_pb2
from tests.allocation.server.ledger_samples import (
    assert_clean,
    buckets,
    hold_request,
    key,
    put_stock,
)
from tests.allocation.server.planners import GatedPlanner
from tests.allocation.server.samples import Client, connected, error_of


@pytest.fixture(params=["memory", "sqlite"])
async def client(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Client]:
    store = "memory" if request.param == "memory" else f"sqlite:{tmp_path / 'shipfrom.db'}"
    async with (
        running_server(ServerSettings(port=0, store=store)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        yield client


async def hold(client: Client, request: pb.AllocateRequest) -> pb.AllocateResponse:
    answer: pb.AllocateResponse = await client.allocation.Allocate(request)
    return answer


async def test_a_hold_sets_stock_aside_until_it_expires(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 5}})
    request = hold_request({"mug": "2"})
    request.hold_ttl.FromSeconds(60)
    answer = await hold(client, request)
    plan = answer.plan
    assert plan.state == plan_pb2.PLAN_STATE_HELD
    assert plan.etag == "1"
    lasts = plan.expire_time.ToDatetime() - plan.create_time.ToDatetime()
    assert lasts.total_seconds() == 60
    (row,) = plan.reservations
    assert (row.location_id, row.quantity.value) == ("reno", "2")
    assert row.state == reservation_pb2.RESERVATION_STATE_HELD
    assert not answer.replayed
    assert buckets(client, "mug", "reno") == Buckets(on_hand=5, held=2)


async def test_a_hold_lasts_a_quarter_of_an_hour_unless_told_otherwise(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 5}})
    plan = (await hold(client, hold_request({"mug": "1"}))).plan
    lasts = plan.expire_time.ToDatetime() - plan.create_time.ToDatetime()
    assert lasts.total_seconds() == 900


async def test_the_same_request_gets_the_first_answer_byte_for_byte(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 5}})
    request = hold_request({"mug": "2", "tea": "1"})
    first = await hold(client, request)
    await put_stock(client, {"tea": {"dallas": 9}})
    again = await hold(client, request)
    assert again.replayed
    again.replayed = False
    assert again.SerializeToString() == first.SerializeToString()
    assert buckets(client, "mug", "reno") == Buckets(on_hand=5, held=2)


async def test_a_repeat_is_answered_although_it_can_no_longer_be_planned() -> None:
    planner = GatedPlanner(is_open=True)
    async with (
        running_server(ServerSettings(port=0), Environment(planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 5}})
        first = await hold(client, hold_request({"mug": "2"}))
        planner.error = NoPlanInTimeError("too slow today")
        again = await hold(client, hold_request({"mug": "2"}))
        assert again.replayed
        assert again.plan == first.plan
        other = await error_of(client.allocation.Allocate(hold_request({"mug": "1"})))
        assert other.reason == "REQUEST_ID_REUSED"
        new = await error_of(client.allocation.Allocate(hold_request({"mug": "1"}, "r2")))
        assert new.reason == "NO_PLAN_IN_TIME"


async def test_other_content_under_the_same_id_is_refused(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 5}})
    await hold(client, hold_request({"mug": "2"}))
    error = await error_of(client.allocation.Allocate(hold_request({"mug": "3"})))
    assert error.code is grpc.StatusCode.ALREADY_EXISTS
    assert error.reason == "REQUEST_ID_REUSED"
    assert error.metadata == {"request_id": "r1"}
    assert buckets(client, "mug", "reno") == Buckets(on_hand=5, held=2)


async def test_two_lines_of_one_item_do_not_both_take_the_last_unit(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 1}})
    request = hold_request({"mug": "1"})
    request.order.lines.add(id="line-2", inventory_item_id="mug").quantity.value = "1"
    plan = (await hold(client, request)).plan
    assert len(plan.reservations) == len(plan.unfilled) == 1
    assert buckets(client, "mug", "reno") == Buckets(on_hand=1, held=1)


async def test_a_kit_and_its_component_do_not_both_take_the_last_unit(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 2}, "tea": {"reno": 1}})
    plan = (await hold(client, hold_request({"gift-set": "1", "mug": "1"}))).plan
    assert len(plan.unfilled) == 1
    assert buckets(client, "mug", "reno").held <= 2
    assert_clean(client)


async def test_of_a_kit_and_its_component_one_gets_the_last_unit(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 2}, "tea": {"reno": 1}})
    asked = [hold_request({"gift-set": "1"}, "kit"), hold_request({"mug": "1"}, "mug")]
    plans = [answer.plan for answer in await asyncio.gather(*(hold(client, r) for r in asked))]
    assert sum(bool(plan.unfilled) for plan in plans) == 1
    assert buckets(client, "mug", "reno").available >= 0
    assert_clean(client)


async def test_a_kit_holds_what_it_is_made_of(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 9}, "tea": {"reno": 9}})
    plan = (await hold(client, hold_request({"gift-set": "2"}))).plan
    held = {row.inventory_item_id: row.quantity.value for row in plan.reservations}
    assert held == {"mug": "4", "tea": "2"}
    assert buckets(client, "mug", "reno").held == 4
    assert buckets(client, "tea", "reno").held == 2


async def test_decimals_are_held_in_increments_of_the_item(client: Client) -> None:
    await put_stock(client, {"cloth": {"reno": 130}})
    plan = (await hold(client, hold_request({"cloth": "1.25"}))).plan
    assert plan.reservations[0].quantity.value == "1.25"
    assert buckets(client, "cloth", "reno") == Buckets(on_hand=130, held=125)
    short = (await hold(client, hold_request({"cloth": "0.06"}, "r2"))).plan
    assert len(short.unfilled) == 1
    assert not (await hold(client, hold_request({"cloth": "0.05"}, "r3"))).plan.unfilled
    assert_clean(client)


async def test_a_plan_with_unfilled_lines_holds_what_it_fills(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 5}})
    plan = (await hold(client, hold_request({"mug": "2", "tea": "1"}))).plan
    assert [line.line_id for line in plan.unfilled] == ["line-2"]
    assert plan.state == plan_pb2.PLAN_STATE_HELD
    assert buckets(client, "mug", "reno").held == 2


async def test_a_plan_that_fills_nothing_is_stored_all_the_same(client: Client) -> None:
    plan = (await hold(client, hold_request({"mug": "2"}))).plan
    assert plan.state == plan_pb2.PLAN_STATE_HELD
    assert not plan.reservations
    await put_stock(client, {"mug": {"reno": 5}})
    assert (await hold(client, hold_request({"mug": "2"}))).replayed
    committed = await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    assert committed.plan.state == plan_pb2.PLAN_STATE_COMMITTED


async def test_alternatives_baseline_and_reasons_come_with_a_hold_too(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 5, "dallas": 5, "newark": 5}})
    request = hold_request({"mug": "2"}, alternatives=2, explain=True)
    request.baseline.label = "habit"
    request.baseline.parts.add(line_id="line-1", location_id="reno").quantity.value = "2"
    plan = (await hold(client, request)).plan
    assert plan.baseline.label == "habit"
    assert plan.explanation.lines
    assert sum(1 for row in plan.reservations) == 1


async def test_inline_stock_cannot_be_held(client: Client) -> None:
    request = hold_request({"mug": "2"})
    level = request.inline_stock.items.add(inventory_item_id="mug").levels
    level.add(location_id="reno").available.value = "5"
    error = await error_of(client.allocation.Allocate(request))
    assert error.reason == "INVALID_REQUEST"
    assert "PLAN_ONLY" in error.violations["inline_stock"]


async def test_a_hold_needs_an_id_and_a_life_within_its_limits(client: Client) -> None:
    request = hold_request({"mug": "2"}, request_id="")
    request.hold_ttl.FromSeconds(86_401)
    error = await error_of(client.allocation.Allocate(request))
    assert set(error.violations) == {"request_id", "hold_ttl"}


async def test_stock_that_came_a_moment_ago_is_seen_before_no_is_said(tmp_path: Path) -> None:
    settings = ServerSettings(port=0, stock_poll_s=60, store=f"sqlite:{tmp_path / 's.db'}")
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 0}})
        async with running_server(settings) as other, connected(other) as feeding:
            await put_stock(feeding, {"mug": {"reno": 2}})
        plan_only = hold_request({"mug": "1"})
        plan_only.mode = pb.ALLOCATE_MODE_PLAN_ONLY
        assert not (await hold(client, plan_only)).plan.unfilled
        assert not (await hold(client, hold_request({"mug": "2"}))).plan.unfilled


async def test_whoever_was_slower_gets_another_plan_and_no_error(tmp_path: Path) -> None:
    """The server's picture is old on purpose, so the ledger refuses its first attempt."""
    settings = ServerSettings(port=0, stock_poll_s=60, store=f"sqlite:{tmp_path / 's.db'}")
    async with (
        running_server(settings) as one,
        running_server(settings) as two,
        connected(one) as first,
        connected(two) as second,
    ):
        for client in (first, second):
            await client.put_network()
            await put_stock(client, {"mug": {"newark": 2, "reno": 1}})
        before = (await hold(second, hold_request({"mug": "2"}, "r1"))).plan
        assert [each.location_id for each in before.shipments] == ["newark"]
        after = (await hold(first, hold_request({"mug": "1"}, "r2"))).plan
        assert [each.location_id for each in after.shipments] == ["reno"]
        none = (await hold(first, hold_request({"mug": "1"}, "r3"))).plan
        assert len(none.unfilled) == 1
        assert_clean(first)


async def test_five_concurrent_orders_of_one_share_three_and_two(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 3, "dallas": 2}})
    requests = [hold_request({"mug": "1"}, f"r{number}") for number in range(5)]
    answers = await asyncio.gather(*(hold(client, request) for request in requests))
    assert not any(answer.plan.unfilled for answer in answers)
    assert buckets(client, "mug", "reno") == Buckets(on_hand=3, held=3)
    assert buckets(client, "mug", "dallas") == Buckets(on_hand=2, held=2)


async def test_many_at_once_never_hold_more_than_there_is(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 4, "dallas": 3, "newark": 2}})
    requests = [hold_request({"mug": "1"}, f"r{number}") for number in range(24)]
    answers = await asyncio.gather(*(hold(client, request) for request in requests))
    assert sum(1 for answer in answers if not answer.plan.unfilled) == 9
    assert_clean(client)


async def test_the_same_request_many_times_at_once_holds_once(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 9}})
    request = hold_request({"mug": "1"})
    answers = await asyncio.gather(*(hold(client, request) for _ in range(8)))
    assert len({answer.plan.id for answer in answers}) == 1
    assert sum(1 for answer in answers if not answer.replayed) == 1
    assert buckets(client, "mug", "reno").held == 1


async def test_units_in_lots_are_held_lot_by_lot(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 2}}, lot="a")
    await put_stock(client, {"mug": {"reno": 2}}, lot="b")
    plan = (await hold(client, hold_request({"mug": "3"}))).plan
    assert [(row.lot_id, row.quantity.value) for row in plan.reservations] == [
        ("a", "2"),
        ("b", "1"),
    ]
    assert buckets(client, "mug", "reno", "b") == Buckets(on_hand=2, held=1)


async def test_a_line_that_ignores_stock_is_planned_and_holds_nothing(client: Client) -> None:
    request = hold_request({"mug": "2"})
    request.order.lines[0].backorder_policy = backorder_pb2.BACKORDER_POLICY_IGNORE_STOCK
    plan = (await hold(client, request)).plan
    assert plan.shipments
    assert not plan.reservations
    committed = (await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))).plan
    assert committed.state == plan_pb2.PLAN_STATE_COMMITTED


def refuse_holds(monkeypatch: pytest.MonkeyPatch, ledger: Ledger) -> list[Command]:
    """Make a ledger refuse every hold, as if others were always faster; return the holds."""
    refused: list[Command] = []
    write = ledger.submit

    def submit(command: Command) -> Future[Reply | AuditReport]:
        if not isinstance(command, Hold):
            return write(command)
        refused.append(command)
        future: Future[Reply | AuditReport] = Future()
        future.set_exception(InsufficientStockError((Shortage(key("mug", "reno"), 2, 5),)))
        return future

    monkeypatch.setattr(ledger, "submit", submit)
    return refused


async def test_stock_that_changes_faster_than_plans_is_a_conflict_to_come_again_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 5}})
        attempts = refuse_holds(monkeypatch, server.store.ledger)
        error = await error_of(client.allocation.Allocate(hold_request({"mug": "2"})))
    assert error.code is grpc.StatusCode.ABORTED
    assert error.reason == "STOCK_CONFLICT"
    assert error.metadata["inventory_item_id"] == "mug"
    assert error.metadata["attempts"] == str(len(attempts)) == str(MOST_ATTEMPTS + 1)
    assert error.retry_ms is not None


async def test_a_conflict_does_not_outlast_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = itertools.count(0.0, 0.2)
    environment = Environment(default_environment().planner, clock=lambda: next(seconds))
    settings = ServerSettings(port=0, stock_stale_s=3_600)
    async with running_server(settings, environment) as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 5}})
        refuse_holds(monkeypatch, server.store.ledger)
        call = client.allocation.Allocate(hold_request({"mug": "2"}), timeout=2.5)
        error = await error_of(call)
    assert error.reason == "STOCK_CONFLICT"
    assert int(error.metadata["attempts"]) < MOST_ATTEMPTS


async def test_a_store_that_is_gone_is_told_as_such(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 5}})
    if client.server.store.kind == "memory":
        return
    client.server.store.close()
    for call in (
        client.allocation.Allocate(hold_request({"mug": "2"})),
        client.allocation.GetPlan(pb.GetPlanRequest(plan_id="p")),
        client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id="p")),
    ):
        error = await error_of(call)
        assert error.code is grpc.StatusCode.UNAVAILABLE
        assert error.reason == "LEDGER_UNAVAILABLE"
        assert error.retry_ms is not None


async def test_more_holds_than_may_wait_for_the_store_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 5}})
        monkeypatch.setattr(holding, "MOST_WRITING", 1)
        blocked = asyncio.Event()
        loop = asyncio.get_running_loop()

        def block(*_: object) -> None:
            loop.call_soon_threadsafe(blocked.set)

        def look(*_: object) -> None:
            raise AssertionError("the store is asked for a call that is refused for lack of room")

        monkeypatch.setattr(server.store.ledger, "submit_all", block)
        monkeypatch.setattr(server.store.ledger, "find_hold", look)
        first = asyncio.ensure_future(hold(client, hold_request({"mug": "1"}, "r1")))
        await blocked.wait()
        error = await error_of(client.allocation.Allocate(hold_request({"mug": "1"}, "r2")))
        first.cancel()
    assert error.reason == "OVERLOADED"
    assert error.retry_ms is not None
