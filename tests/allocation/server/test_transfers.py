"""Stock that moves between locations, over the wire: lots keep their dates, trucks take time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from google.type import date_pb2

from allocation.server.in_process import running_server
from allocation.v1 import explanation_pb2, plan_pb2, stock_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.v1 import item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import assert_clean_record, hold_request, put_stock
from tests.allocation.server.samples import Client, connected, error_of, item
from tests.allocation.server.waiting_samples import put_item, stamp, stored

TODAY = datetime.now(UTC).date()


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        yield client


def adjustment(
    reason: stock_pb2.StockChangeReason.ValueType, place: str, quantity: str, **more: object
) -> stock.AdjustStockRequest:
    one = stock.StockAdjustment(
        inventory_item_id="mug",
        location_id=place,
        reason=reason,
        **more,  # type: ignore[arg-type]
    )
    one.quantity.value = quantity
    return stock.AdjustStockRequest(adjustments=[one])


def day(moment: date) -> date_pb2.Date:
    return date_pb2.Date(year=moment.year, month=moment.month, day=moment.day)


RECEIVE = stock_pb2.STOCK_CHANGE_REASON_RECEIVE
TRANSFER = stock_pb2.STOCK_CHANGE_REASON_TRANSFER_OUT


async def hold(client: Client, quantity: str, request_id: str = "r1") -> plan_pb2.Plan:
    request = hold_request({"mug": quantity}, request_id, explain=True)
    return (await client.allocation.Allocate(request)).plan  # type: ignore[no-any-return]


async def test_a_lot_does_not_become_younger_by_a_transfer(client: Client) -> None:
    mug = item("mug", "350", tracking=item_pb2.ITEM_TRACKING_LOT)
    await client.network.PutItems(net.PutItemsRequest(items=[mug]))
    yesterday = day(TODAY - timedelta(days=1))
    came = adjustment(RECEIVE, "reno", "3", lot_id="old", expiry_date=yesterday)
    (level,) = (await client.stock.AdjustStock(came)).levels
    assert level.expiry_date == yesterday
    moved = adjustment(TRANSFER, "reno", "3", lot_id="old", to_location_id="newark")
    levels = (await client.stock.AdjustStock(moved)).levels
    assert {each.location_id: each.expiry_date for each in levels}["newark"] == yesterday
    plan = await hold(client, "2")
    assert not plan.reservations
    verdicts = {each.location_id: each.verdict for each in plan.explanation.lines[0].verdicts}
    assert verdicts["newark"] == explanation_pb2.VERDICT_SHELF_LIFE


async def test_what_is_on_a_truck_is_promised_for_when_it_arrives(client: Client) -> None:
    await put_item(client)
    await put_stock(client, {"mug": {"reno": 5, "newark": 0}})
    await client.network.PutLocations(await closed(client, "reno"))
    moved = adjustment(TRANSFER, "reno", "4", to_location_id="newark", arrival_time=stamp(6))
    await client.stock.AdjustStock(moved)
    plan = await hold(client, "3")
    (row,) = plan.reservations
    assert (row.location_id, row.backordered) == ("newark", True)
    assert row.expected_time == stamp(6)
    came = adjustment(RECEIVE, "newark", "4", expected=True)
    answer = await client.stock.AdjustStock(came)
    assert [each.quantity.value for each in answer.allotted] == ["3"]
    assert not answer.levels[0].incoming
    assert not (await stored(client, plan.id)).reservations[0].backordered
    assert_clean_record(client)


async def closed(client: Client, name: str) -> net.PutLocationsRequest:
    """Return the locations with one that takes no orders."""
    known = (await client.network.ListLocations(net.ListLocationsRequest())).locations
    for each in known:
        if each.id == name:
            each.state = 3
    return net.PutLocationsRequest(locations=known)


async def test_dates_that_say_nothing_are_refused(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 5}})
    wrong = adjustment(RECEIVE, "reno", "1", expiry_date=day(TODAY))
    error = await error_of(client.stock.AdjustStock(wrong))
    assert list(error.violations) == ["adjustments[0].expiry_date"]
    wrong = adjustment(RECEIVE, "reno", "1", lot_id="a", expiry_date=date_pb2.Date(year=2026))
    error = await error_of(client.stock.AdjustStock(wrong))
    assert list(error.violations) == ["adjustments[0].expiry_date"]
    wrong = adjustment(RECEIVE, "reno", "1", arrival_time=stamp(2))
    error = await error_of(client.stock.AdjustStock(wrong))
    assert list(error.violations) == ["adjustments[0].arrival_time"]
