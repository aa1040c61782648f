"""A recalled lot is set aside everywhere, and what was promised of it is planned anew."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import grpc
import pytest

from allocation.errors import NetworkEmptyError
from allocation.ledger.errors import EtagMismatchError
from allocation.ledger.hold import HoldRow, RowName, RowShare
from allocation.ledger.level import Buckets
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import Waited, WaitRow
from allocation.server import reallocating, recalling
from allocation.server.holding import Holding
from allocation.server.in_process import running_server
from allocation.server.remainder import known_of
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, stock_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.ids import ItemId, LineId, LocationId
from routing.v1 import item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import (
    assert_clean,
    buckets,
    hold_request,
    key,
    put_stock,
)
from tests.allocation.server.samples import Client, connected, error_of, item

SHORT = stock.RECALL_OUTCOME_SHORT
REALLOCATED = stock.RECALL_OUTCOME_REALLOCATED


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        mug = item("mug", "350", tracking=item_pb2.ITEM_TRACKING_LOT)
        await client.network.PutItems(net.PutItemsRequest(items=[mug]))
        await put_stock(client, {"mug": {"newark": 5, "reno": 5}}, lot="bad")
        yield client


async def held(client: Client, quantity: str, request_id: str) -> plan_pb2.Plan:
    request = hold_request({"mug": quantity}, request_id)
    answer: pb.AllocateResponse = await client.allocation.Allocate(request)
    return answer.plan


def recall(request_id: str = "recall", lot: str = "bad") -> stock.RecallLotRequest:
    return stock.RecallLotRequest(request_id=request_id, inventory_item_id="mug", lot_id=lot)


async def stored(client: Client, plan_id: str) -> plan_pb2.Plan:
    answer: pb.GetPlanResponse = await client.allocation.GetPlan(pb.GetPlanRequest(plan_id=plan_id))
    return answer.plan


async def test_plans_with_a_recalled_lot_get_other_units(client: Client) -> None:
    first = await held(client, "2", "a")
    second = await held(client, "3", "b")
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=second.id))
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    answer = await client.stock.RecallLot(recall())
    assert [level.unavailable.value for level in answer.levels] == ["5", "5"]
    assert {one.plan_id for one in answer.plans} == {first.id, second.id}
    assert {one.outcome for one in answer.plans} == {REALLOCATED}
    made = {one.plan_id: await stored(client, one.new_plan_id) for one in answer.plans}
    assert made[first.id].state == plan_pb2.PLAN_STATE_HELD
    assert made[second.id].state == plan_pb2.PLAN_STATE_COMMITTED
    assert {row.lot_id for plan in made.values() for row in plan.reservations} == {"good"}
    assert buckets(client, "mug", "newark", "bad") == Buckets(on_hand=5, unavailable=5)
    assert buckets(client, "mug", "newark", "good") == Buckets(on_hand=9, held=2, committed=3)
    assert_clean(client)


async def test_what_nothing_replaces_is_unfilled_and_told(client: Client) -> None:
    plan = await held(client, "4", "a")
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    await put_stock(client, {"mug": {"newark": 1}}, lot="good")
    answer = await client.stock.RecallLot(recall())
    (told,) = answer.plans
    assert (told.outcome, told.order_id) == (SHORT, plan.order_id)
    new = await stored(client, told.new_plan_id)
    assert [one.quantity.value for one in new.unfilled] == ["4"]
    assert_clean(client)


async def test_a_recall_again_says_the_same_and_does_nothing_more(client: Client) -> None:
    await held(client, "2", "a")
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    first = await client.stock.RecallLot(recall())
    again = await client.stock.RecallLot(recall())
    assert again == first
    assert buckets(client, "mug", "newark", "good") == Buckets(on_hand=9, held=2)
    error = await error_of(client.stock.RecallLot(recall(lot="good")))
    assert error.reason == "REQUEST_ID_REUSED"
    assert_clean(client)


async def test_a_recall_that_broke_off_goes_on_with_the_same_call(client: Client) -> None:
    plans = [await held(client, "1", f"r{number}") for number in range(4)]
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    with pytest.raises(grpc.aio.AioRpcError):
        # Long enough to set the lot aside, too short to plan everything anew.
        await client.stock.RecallLot(recall(), timeout=0.001)
    answer = await client.stock.RecallLot(recall())
    assert {one.plan_id for one in answer.plans} == {plan.id for plan in plans}
    assert {one.outcome for one in answer.plans} == {REALLOCATED}
    assert buckets(client, "mug", "newark", "good") == Buckets(on_hand=9, held=4)
    assert_clean(client)


async def test_a_plan_that_nobody_can_make_anew_gives_its_units_back(client: Client) -> None:
    now = datetime.now(UTC)
    ledger = client.server.store.ledger
    rows = [HoldRow(LineId("1"), 0, key("mug", "newark", "bad"), 2)]
    ledger.hold("foreign", rows, expire_time=now + timedelta(hours=1), now=now)
    answer = await client.stock.RecallLot(recall())
    (told,) = answer.plans
    assert (told.plan_id, told.outcome) == ("foreign", stock.RECALL_OUTCOME_RELEASED)
    assert "no record" in told.message
    assert buckets(client, "mug", "newark", "bad") == Buckets(on_hand=5, unavailable=5)
    again = await client.stock.RecallLot(recall())
    assert [one.outcome for one in again.plans] == [stock.RECALL_OUTCOME_ENDED]


async def test_a_recall_needs_an_item_a_lot_and_an_id(client: Client) -> None:
    error = await error_of(client.stock.RecallLot(stock.RecallLotRequest()))
    assert set(error.violations) == {"request_id", "inventory_item_id", "lot_id"}
    unknown = stock.RecallLotRequest(request_id="r", inventory_item_id="nobody", lot_id="a")
    assert (await error_of(client.stock.RecallLot(unknown))).reason == "UNKNOWN_ITEM"


async def mirrored(client: Client, lot: str, quantity: str) -> None:
    """Let another system report what is available of a lot."""
    header = stock.FeedHeader(owner=stock_pb2.STOCK_OWNER_MIRROR)
    row = stock.LevelRow(inventory_item_id="mug", location_id="dallas", lot_id=lot)
    row.quantity.value = quantity

    async def messages() -> AsyncIterator[stock.SetLevelsRequest]:
        yield stock.SetLevelsRequest(header=header, rows=[row])

    await client.stock.SetLevels(messages())


async def test_a_plan_never_gets_a_recalled_lot_again_that_another_system_calls_available(
    client: Client,
) -> None:
    await mirrored(client, "aged", "5")
    request = hold_request({"mug": "2"}, "a", excluded_location_ids=["newark", "reno"])
    plan = (await client.allocation.Allocate(request)).plan
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    assert [row.lot_id for row in plan.reservations] == ["aged"]
    await mirrored(client, "fresh", "9")
    (told,) = (await client.stock.RecallLot(recall(lot="aged"))).plans
    new = await stored(client, told.new_plan_id)
    assert told.outcome == REALLOCATED
    assert [(row.lot_id, row.quantity.value) for row in new.reservations] == [("fresh", "2")]
    again = await client.stock.RecallLot(recall("another", lot="aged"))
    assert not again.plans


async def test_a_mirrored_lot_that_nothing_replaces_leaves_the_plan_short(client: Client) -> None:
    await mirrored(client, "aged", "5")
    request = hold_request({"mug": "2"}, "a", excluded_location_ids=["newark", "reno"])
    plan = (await client.allocation.Allocate(request)).plan
    (told,) = (await client.stock.RecallLot(recall(lot="aged"))).plans
    new = await stored(client, told.new_plan_id)
    assert (told.plan_id, told.outcome) == (plan.id, SHORT)
    assert not new.reservations
    assert [one.quantity.value for one in new.unfilled] == ["2"]


async def test_the_longest_request_id_recalls_as_well_as_a_short_one(client: Client) -> None:
    plan = await held(client, "2", "a")
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    answer = await client.stock.RecallLot(recall("r" * 128))
    assert [one.outcome for one in answer.plans] == [REALLOCATED]
    assert await client.stock.RecallLot(recall("r" * 128)) == answer
    assert_clean(client)


async def test_a_plan_that_cannot_be_asked_for_again_loses_the_lot_and_has_not_ended(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> pb.AllocateRequest:
        raise NetworkEmptyError("the network has no rate card")

    plan = await held(client, "3", "a")
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    monkeypatch.setattr(reallocating, "request_for", refuse)
    (told,) = (await client.stock.RecallLot(recall())).plans
    assert told.outcome == stock.RECALL_OUTCOME_RELEASED
    assert "no rate card" in told.message
    assert (await stored(client, plan.id)).state == plan_pb2.PLAN_STATE_RELEASED
    assert_clean(client)


async def test_a_recall_twice_at_once_names_the_new_plans_both_times(client: Client) -> None:
    for number in range(4):
        await held(client, "1", f"a{number}")
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    first, second = await asyncio.gather(*(client.stock.RecallLot(recall()) for _ in range(2)))
    assert first == second
    assert {one.outcome for one in first.plans} == {REALLOCATED}


async def test_a_plan_that_keeps_changing_is_left_alone_and_asked_for_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await held(client, "2", "a")
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    with monkeypatch.context() as patch:

        async def too_late(*_: object) -> None:
            raise EtagMismatchError(plan.id, 2, 3)

        patch.setattr(Holding, "hold", too_late)
        error = await error_of(client.stock.RecallLot(recall()))
    assert error.reason == "STOCK_CONFLICT"
    assert (await stored(client, plan.id)).state == plan_pb2.PLAN_STATE_COMMITTED
    answer = await client.stock.RecallLot(recall())
    assert [one.outcome for one in answer.plans] == [REALLOCATED]


async def test_a_kit_that_loses_a_component_gives_the_others_back(client: Client) -> None:
    await put_stock(client, {"tea": {"newark": 5}})
    now = datetime.now(UTC)
    ledger = client.server.store.ledger
    kit = [
        HoldRow(LineId("1"), 0, key("mug", "newark", "bad"), 2),
        HoldRow(LineId("1"), 0, key("tea", "newark"), 2),
    ]
    alone = HoldRow(LineId("2"), 0, key("tea", "newark"), 1)
    ledger.hold("kit", [*kit, alone], expire_time=now + timedelta(hours=1), now=now)
    (told,) = (await client.stock.RecallLot(recall())).plans
    assert told.outcome == stock.RECALL_OUTCOME_RELEASED
    assert buckets(client, "tea", "newark") == Buckets(on_hand=5, held=1)
    assert_clean(client)


async def test_units_that_have_left_do_not_keep_the_rest_of_a_row_from_being_given_back(
    client: Client,
) -> None:
    now = datetime.now(UTC)
    ledger = client.server.store.ledger
    row = HoldRow(LineId("1"), 0, key("mug", "newark", "bad"), 3)
    ledger.hold("part", [row], expire_time=now + timedelta(hours=1), now=now)
    ledger.commit("part", now=now)
    name = RowName(row.line_id, row.part, row.key)
    ledger.fulfill("part", rows=[RowShare(name, 1)], request_id="one", now=now)
    (told,) = (await client.stock.RecallLot(recall())).plans
    assert told.outcome == stock.RECALL_OUTCOME_RELEASED
    assert buckets(client, "mug", "newark", "bad") == Buckets(on_hand=4, unavailable=4)
    assert_clean(client)


async def test_an_answer_without_room_for_all_plans_names_those_that_lack_something(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "MOST_TOLD", 2)
    plans = [await held(client, quantity, f"a{quantity}") for quantity in ("1", "2", "3")]
    await put_stock(client, {"mug": {"newark": 3}}, lot="good")
    answer = await client.stock.RecallLot(recall())
    assert (len(answer.plans), answer.more_plans) == (2, 1)
    short = {one.plan_id for one in answer.plans if one.outcome == SHORT}
    states = [(await stored(client, plan.id)).state for plan in plans]
    assert short
    assert states == [plan_pb2.PLAN_STATE_RELEASED] * 3
    again = await client.stock.RecallLot(recall())
    assert again == answer
    monkeypatch.undo()
    whole = await client.stock.RecallLot(recall())
    assert (len(whole.plans), whole.more_plans) == (3, 0)
    assert {one.plan_id for one in whole.plans if one.outcome == SHORT} == short


async def test_a_kit_that_loses_a_component_waits_for_no_other(client: Client) -> None:
    now = datetime.now(UTC)
    ledger = client.server.store.ledger
    rows = [HoldRow(LineId("1"), 0, key("mug", "newark", "bad"), 2)]
    tea = WaitRow(LineId("1"), 0, ItemId("tea"), LocationId("newark"), 2, Waited(now))
    until = now + timedelta(hours=1)
    ledger.hold("kit", rows, expire_time=until, now=now, waiting=[tea])
    ledger.commit("kit", now=now)
    (told,) = (await client.stock.RecallLot(recall())).plans
    assert told.outcome == stock.RECALL_OUTCOME_RELEASED
    assert ledger.get_plan("kit", now=now).state is HoldState.RELEASED
    assert not (await client.stock.ListWaiting(stock.ListWaitingRequest())).units
    assert ledger.audit(now=now).differences == ()


async def test_units_of_the_lot_are_taken_from_a_new_plan_that_has_them_all_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await mirrored(client, "aged", "5")
    request = hold_request({"mug": "2"}, "a", excluded_location_ids=["newark", "reno"])
    plan = (await client.allocation.Allocate(request)).plan
    monkeypatch.setattr(reallocating, "known_of", lambda *given: known_of(*given[:-1]))
    (told,) = (await client.stock.RecallLot(recall(lot="aged"))).plans
    assert (told.plan_id, told.outcome) == (plan.id, SHORT)
    assert "had units of the lot again" in told.message
    assert (await stored(client, told.new_plan_id)).state == plan_pb2.PLAN_STATE_RELEASED
