"""Levels over the wire: feeds, adjustments, availability, audit, history."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.type import date_pb2

from allocation.ledger.level import Buckets
from allocation.server.in_process import running_server
from allocation.server.limits import RequestLimits
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2, stock_pb2, stock_service_pb2_grpc
from allocation.v1 import stock_service_pb2 as pb
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import (
    assert_clean,
    buckets,
    hold_request,
)
from tests.allocation.server.samples import Client, connected, error_of, item

MIRROR = stock_pb2.STOCK_OWNER_MIRROR
FULL = pb.FEED_KIND_FULL


@pytest.fixture(params=["memory", "sqlite"])
async def client(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Client]:
    store = "memory" if request.param == "memory" else f"sqlite:{tmp_path / 'shipfrom.db'}"
    async with (
        running_server(ServerSettings(port=0, store=store)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        yield client


def stub(client: Client) -> Any:
    return stock_service_pb2_grpc.StockServiceStub(client.channel)


def row(item_id: str, place: str, quantity: str, **fields: Any) -> pb.LevelRow:
    message = pb.LevelRow(inventory_item_id=item_id, location_id=place, **fields)
    message.quantity.value = quantity
    return message


async def feed(client: Client, *rows: pb.LevelRow, **header: Any) -> pb.SetLevelsResponse:
    message = pb.SetLevelsRequest(header=pb.FeedHeader(**header), rows=rows)
    answer: pb.SetLevelsResponse = await stub(client).SetLevels(iter([message]))
    return answer


def adjust(
    reason: str, item_id: str, place: str, quantity: str, **fields: Any
) -> pb.StockAdjustment:
    message = pb.StockAdjustment(
        reason=stock_pb2.StockChangeReason.Value(f"STOCK_CHANGE_REASON_{reason}"),
        inventory_item_id=item_id,
        location_id=place,
        **fields,
    )
    message.quantity.value = quantity
    return message


async def available(client: Client, *items: str, **fields: Any) -> dict[tuple[str, str], str]:
    request = pb.GetAvailabilityRequest(inventory_item_ids=items, **fields)
    answer = await stub(client).GetAvailability(request)
    return {
        (level.inventory_item_id, level.location_id): level.available.value
        for level in answer.levels
    }


async def test_a_feed_sets_levels_that_planning_uses_at_once(client: Client) -> None:
    answer = await feed(client, row("mug", "reno", "3"), row("cloth", "reno", "1.25"))
    assert (answer.accepted_rows, answer.refused_rows) == (2, 0)
    assert answer.stock_version > 0
    assert buckets(client, "cloth", "reno") == Buckets(on_hand=125)
    request = hold_request({"mug": "3", "cloth": "1.25"})
    plan = (await client.allocation.Allocate(request)).plan
    assert not plan.unfilled
    assert plan.basis.stock_version >= answer.stock_version


async def test_a_feed_comes_in_as_many_messages_as_it_takes(client: Client) -> None:
    rows = [row("mug", place, str(number)) for number, place in enumerate(["reno", "dallas"], 1)]

    def messages() -> Iterator[pb.SetLevelsRequest]:
        yield pb.SetLevelsRequest(header=pb.FeedHeader(request_id="f1"))
        for each in rows:
            yield pb.SetLevelsRequest(rows=[each])

    for _ in range(2):
        answer = await stub(client).SetLevels(messages())
        assert answer.accepted_rows == 2
    assert await available(client, "mug") == {("mug", "reno"): "1", ("mug", "dallas"): "2"}
    rows.append(row("mug", "newark", "1"))
    error = await error_of(stub(client).SetLevels(messages()))
    assert error.reason == "REQUEST_ID_REUSED"


async def test_rows_that_cannot_be_taken_are_named_and_the_others_count(client: Client) -> None:
    rows = [
        row("mug", "reno", "1"),
        row("ghost", "reno", "1"),
        row("mug", "atlantis", "1"),
        row("tea", "reno", "0.5"),
        row("tea", "dallas", "-1"),
        row("gift-set", "reno", "1"),
        row("tea", "newark", ""),
        row("tea", "newark", "4", serials=["S1"]),
        row("", "reno", "1"),
        row("mug", "dallas", "2"),
        row("mug", "dallas", "3"),
        row("mug", "newark", "2"),
    ]
    rows[11].unavailable.value = "3"
    first = pb.SetLevelsRequest(header=pb.FeedHeader(), rows=rows[:5])
    answer = await stub(client).SetLevels(iter([first, pb.SetLevelsRequest(rows=rows[5:])]))
    assert (answer.accepted_rows, answer.refused_rows) == (2, 10)
    assert [(error.row, error.path) for error in answer.errors] == [
        (1, "inventory_item_id"),
        (2, "location_id"),
        (3, "quantity"),
        (4, "quantity"),
        (5, "inventory_item_id"),
        (6, "quantity"),
        (7, "serials"),
        (8, "inventory_item_id"),
        (10, ""),
        (11, "unavailable"),
    ]
    assert await available(client, "mug", "tea") == {("mug", "reno"): "1", ("mug", "dallas"): "2"}


async def test_only_so_many_refused_rows_are_named_and_all_are_counted(client: Client) -> None:
    rows = [row("ghost", "reno", "1") for _ in range(1_500)]
    rows[0] = row("mug", "reno", "1")
    answer = await feed(client, *rows)
    assert (answer.accepted_rows, answer.refused_rows) == (1, 1_499)
    assert [error.row for error in answer.errors] == list(range(1, 1_001))


async def test_a_full_feed_empties_what_it_leaves_out(client: Client) -> None:
    await feed(client, row("mug", "reno", "3"), row("tea", "reno", "3"), row("tea", "dallas", "3"))
    await feed(client, row("mug", "reno", "2"), kind=FULL)
    assert await available(client, "mug", "tea") == {
        ("mug", "reno"): "2",
        ("tea", "reno"): "0",
        ("tea", "dallas"): "3",
    }


async def test_a_mirrored_figure_may_be_below_zero(client: Client) -> None:
    answer = await feed(client, row("mug", "reno", "-2"), owner=MIRROR)
    assert answer.accepted_rows == 1
    assert await available(client, "mug") == {("mug", "reno"): "-2"}


async def test_an_old_figure_does_not_undo_a_newer_one(client: Client) -> None:
    now = datetime.now(UTC)
    older = pb.FeedHeader(request_id="old")
    older.observed_time.FromDatetime(now - timedelta(hours=1))
    await feed(client, row("mug", "reno", "3"))
    message = pb.SetLevelsRequest(header=older, rows=[row("mug", "reno", "9")])
    await stub(client).SetLevels(iter([message]))
    assert await available(client, "mug") == {("mug", "reno"): "3"}


async def test_what_a_row_says_of_a_lot_is_kept(client: Client) -> None:
    lot = row("mug", "reno", "3", lot_id="L1")
    lot.expiry_date.CopyFrom(date_pb2.Date(year=2030, month=1, day=2))
    lot.received_date.CopyFrom(date_pb2.Date(year=2029, month=1, day=2))
    lot.incoming.add().quantity.value = "4"
    lot.incoming[0].expected_time.FromDatetime(datetime(2030, 5, 1, tzinfo=UTC))
    assert (await feed(client, lot)).accepted_rows == 1
    request = pb.GetAvailabilityRequest(inventory_item_ids=["mug"])
    (level,) = (await stub(client).GetAvailability(request)).levels
    assert level.lot_id == "L1"
    assert date(level.expiry_date.year, level.expiry_date.month, 2) == date(2030, 1, 2)
    assert level.received_date.year == 2029
    assert level.incoming[0].quantity.value == "4"
    request.at_time.FromDatetime(datetime(2030, 5, 1, tzinfo=UTC))
    (level,) = (await stub(client).GetAvailability(request)).levels
    assert (level.available.value, level.on_hand.value) == ("7", "3")


@pytest.mark.parametrize(
    ("messages", "path"),
    [
        ([], "header"),
        ([pb.SetLevelsRequest(rows=[row("mug", "reno", "1")])], "header"),
        ([pb.SetLevelsRequest(header=pb.FeedHeader())] * 2, "header"),
        ([pb.SetLevelsRequest(header=pb.FeedHeader(request_id="x" * 129))], "header.request_id"),
        ([pb.SetLevelsRequest(header=pb.FeedHeader(kind=7))], "header.kind"),  # type: ignore[arg-type]
        ([pb.SetLevelsRequest(header=pb.FeedHeader(owner=7))], "header.owner"),  # type: ignore[arg-type]
    ],
)
async def test_a_feed_begins_with_one_header(
    client: Client, messages: list[pb.SetLevelsRequest], path: str
) -> None:
    error = await error_of(stub(client).SetLevels(iter(messages)))
    assert error.reason == "INVALID_REQUEST"
    assert set(error.violations) == {path}


async def test_messages_of_a_feed_have_a_most_of_rows() -> None:
    settings = ServerSettings(port=0, limits=RequestLimits(rows=2, adjustments=1, asked_for=1))
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        rows = [row("mug", place, "1") for place in ("reno", "dallas", "newark")]
        assert (await feed(client, *rows[:2])).accepted_rows == 2
        for call in (
            feed(client, *rows),
            stub(client).GetAvailability(
                pb.GetAvailabilityRequest(inventory_item_ids=["mug", "tea"])
            ),
            stub(client).AdjustStock(
                pb.AdjustStockRequest(adjustments=[adjust("RECEIVE", "mug", "reno", "1")] * 2)
            ),
        ):
            error = await error_of(call)
            assert error.reason == "REQUEST_TOO_LARGE"


async def test_adjustments_are_all_or_none_and_repeat_under_their_id(client: Client) -> None:
    await feed(client, row("mug", "reno", "5"))
    request = pb.AdjustStockRequest(
        request_id="a1",
        adjustments=[
            adjust("RECEIVE", "mug", "reno", "4", comment="pallet 7"),
            adjust("DAMAGE", "mug", "reno", "1"),
            adjust("TRANSFER_OUT", "mug", "reno", "2", to_location_id="dallas"),
            adjust("COUNT", "cloth", "newark", "0.75"),
        ],
    )
    for _ in range(2):
        answer = await stub(client).AdjustStock(request)
    levels = [(each.inventory_item_id, each.location_id) for each in answer.levels]
    assert levels == [("cloth", "newark"), ("mug", "dallas"), ("mug", "reno")]
    assert answer.stock_version > 0
    assert buckets(client, "mug", "reno") == Buckets(on_hand=7, unavailable=1)
    assert buckets(client, "cloth", "newark") == Buckets(on_hand=75)
    request.adjustments.add().CopyFrom(adjust("DAMAGE", "mug", "dallas", "9"))
    assert (await error_of(stub(client).AdjustStock(request))).reason == "REQUEST_ID_REUSED"
    request.request_id = "a2"
    error = await error_of(stub(client).AdjustStock(request))
    assert error.reason == "INSUFFICIENT_STOCK"
    assert "adjustments[4]: 9 of mug at dallas, where 4 are on hand" in error.message
    assert buckets(client, "mug", "reno") == Buckets(on_hand=7, unavailable=1)
    assert_clean(client)


async def test_everything_wrong_with_adjustments_is_said_at_once(client: Client) -> None:
    bad = pb.AdjustStockRequest(
        adjustments=[
            adjust("HOLD", "mug", "reno", "1"),
            adjust("RECEIVE", "tea", "reno", "0.5"),
            adjust("RECEIVE", "gift-set", "reno", "1"),
            adjust("RECEIVE", "mug", "", "x"),
        ]
    )
    error = await error_of(stub(client).AdjustStock(bad))
    assert set(error.violations) == {
        "adjustments[0].reason",
        "adjustments[1].quantity",
        "adjustments[2].inventory_item_id",
        "adjustments[3].location_id",
        "adjustments[3].quantity",
    }
    missing = pb.AdjustStockRequest(adjustments=[adjust("TRANSFER_OUT", "mug", "reno", "1")])
    error = await error_of(stub(client).AdjustStock(missing))
    assert set(error.violations) == {"adjustments[0].to_location_id"}
    assert (
        "adjustments"
        in (await error_of(stub(client).AdjustStock(pb.AdjustStockRequest()))).violations
    )


async def test_unknown_names_in_calls_about_stock_are_not_found(client: Client) -> None:
    ghosts = [
        stub(client).AdjustStock(
            pb.AdjustStockRequest(adjustments=[adjust("RECEIVE", "ghost", "reno", "1")])
        ),
        stub(client).GetAvailability(pb.GetAvailabilityRequest(inventory_item_ids=["ghost"])),
        stub(client).AuditStock(pb.AuditStockRequest(inventory_item_ids=["ghost"])),
        stub(client).ListStockEntries(pb.ListStockEntriesRequest(inventory_item_id="ghost")),
    ]
    for call in ghosts:
        error = await error_of(call)
        assert (error.code, error.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_ITEM")
    nowhere = [
        stub(client).AdjustStock(
            pb.AdjustStockRequest(adjustments=[adjust("RECEIVE", "mug", "atlantis", "1")])
        ),
        stub(client).GetAvailability(
            pb.GetAvailabilityRequest(inventory_item_ids=["mug"], location_ids=["atlantis"])
        ),
        stub(client).ListStockEntries(
            pb.ListStockEntriesRequest(inventory_item_id="mug", location_id="atlantis")
        ),
    ]
    for call in nowhere:
        error = await error_of(call)
        assert (error.code, error.reason) == (grpc.StatusCode.NOT_FOUND, "UNKNOWN_LOCATION")


async def test_availability_is_bucket_by_bucket(client: Client) -> None:
    await feed(client, row("mug", "newark", "5"), row("mug", "reno", "2"))
    await client.allocation.Allocate(hold_request({"mug": "2"}))
    request = pb.GetAvailabilityRequest(inventory_item_ids=["mug"], location_ids=["newark"])
    answer = await stub(client).GetAvailability(request)
    (level,) = answer.levels
    assert (level.on_hand.value, level.held.value, level.available.value) == ("5", "2", "3")
    assert level.update_time.seconds > 0
    assert answer.stock_version > 0
    empty = await error_of(stub(client).GetAvailability(pb.GetAvailabilityRequest()))
    assert set(empty.violations) == {"inventory_item_ids"}


async def test_an_audit_finds_what_does_not_add_up_and_mends_it_when_told(
    client: Client, tmp_path: Path
) -> None:
    await feed(client, row("mug", "reno", "5"), row("tea", "reno", "5"))
    clean = await stub(client).AuditStock(pb.AuditStockRequest())
    assert (clean.levels_checked, len(clean.differences)) == (2, 0)
    if client.server.store.kind != "sqlite":
        return
    from allocation.ledger.sqlite.connect import connect  # noqa: PLC0415

    connection = connect(tmp_path / "shipfrom.db", 5.0)
    connection.execute("UPDATE level SET on_hand = 4 WHERE item_id = 'mug'")
    connection.close()
    found = await stub(client).AuditStock(pb.AuditStockRequest(inventory_item_ids=["mug"]))
    (difference,) = found.differences
    assert (found.levels_checked, found.levels_differing) == (1, 1)
    assert difference.stored.on_hand.value == "4"
    assert difference.recomputed.on_hand.value == "5"
    assert not difference.compensated
    assert difference.proposed.on_hand.value == "0", "its entries say 5 already"
    mended = await stub(client).AuditStock(pb.AuditStockRequest(apply=True))
    assert mended.differences[0].compensated
    assert not (await stub(client).AuditStock(pb.AuditStockRequest())).differences
    assert await available(client, "mug") == {("mug", "reno"): "5"}


async def test_the_history_of_an_item_names_plans_and_reasons(client: Client) -> None:
    await feed(client, row("cloth", "reno", "2.5"), request_id="f1")
    plan = (await client.allocation.Allocate(hold_request({"cloth": "0.5"}))).plan
    await client.allocation.CommitPlan(
        allocation_service_pb2.CommitPlanRequest(plan_id=plan.id, request_id="c1")
    )
    request = pb.ListStockEntriesRequest(inventory_item_id="cloth", page_size=2)
    first = await stub(client).ListStockEntries(request)
    commit, hold = first.entries
    assert commit.reason == stock_pb2.STOCK_CHANGE_REASON_COMMIT
    assert (commit.held.value, commit.committed.value) == ("-0.5", "0.5")
    assert (commit.plan_id, commit.line_id, commit.request_id) == (plan.id, "line-1", "c1")
    assert (hold.reason, hold.held.value) == (stock_pb2.STOCK_CHANGE_REASON_HOLD, "0.5")
    request.page_token = first.next_page_token
    (fed,) = (rest := await stub(client).ListStockEntries(request)).entries
    assert (fed.reason, fed.on_hand.value) == (stock_pb2.STOCK_CHANGE_REASON_FEED, "2.5")
    assert rest.next_page_token == ""
    request.page_token = "nonsense"  # no password
    request.page_size = 1_001
    error = await error_of(stub(client).ListStockEntries(request))
    assert set(error.violations) == {"page_size", "page_token"}


async def test_an_item_with_levels_keeps_the_unit_that_it_is_counted_in(client: Client) -> None:
    await feed(client, row("cloth", "reno", "1.25"))
    kit = item("cloth", "")
    kit.components.add(inventory_item_id="mug")
    for changed in (item("cloth", quantity_scale=3), kit):
        put = net.PutItemsRequest(items=[item("tea", "120", sku="TEA-1"), changed])
        error = await error_of(client.network.PutItems(put))
        assert "has levels" in error.violations["items[1].quantity_scale"]
    heavier = item("cloth", "301", quantity_scale=2)
    await client.network.PutItems(net.PutItemsRequest(items=[heavier, item("mug", "1")]))
    without_levels = item("tea", quantity_scale=2)
    await client.network.PutItems(net.PutItemsRequest(items=[without_levels]))


async def test_an_item_sent_along_cannot_be_counted_otherwise_than_the_ledger(
    client: Client,
) -> None:
    await feed(client, row("cloth", "reno", "1.25"))
    request = hold_request({"cloth": "1"})
    request.network.items.add().CopyFrom(item("cloth", quantity_scale=0))
    error = await error_of(client.allocation.Allocate(request))
    assert "with 2 decimals" in error.violations["network.items[0].quantity_scale"]
    request.network.items[0].quantity_scale = 2
    assert not (await client.allocation.Allocate(request)).plan.unfilled
