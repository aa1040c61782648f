"""How often kits can be built, location by location."""

from __future__ import annotations

from collections.abc import AsyncIterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.codec.kit_availability import encode_kits
from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import stock_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.ids import ItemId
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import hold_request, put_stock
from tests.allocation.server.samples import Client, connected, item
from tests.allocation.server.waiting_samples import feed, stamp


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A server that knows sets of a mug and half a metre of cloth, and boxes of two sets."""
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        kit, box = item("set", ""), item("box", "")
        kit.components.add(inventory_item_id="mug")
        kit.components.add(inventory_item_id="cloth").required_quantity.value = "0.5"
        box.components.add(inventory_item_id="set").required_quantity.value = "2"
        box.components.add(inventory_item_id="tea")
        await client.network.PutItems(net.PutItemsRequest(items=[kit, box]))
        await put_stock(client, {"mug": {"newark": 5, "reno": 9}})
        await put_stock(client, {"cloth": {"newark": 190, "dallas": 500}})
        await put_stock(client, {"tea": {"newark": 1}})
        yield client


async def ask(client: Client, *items: str, days: float = 0) -> stock.GetAvailabilityResponse:
    request = stock.GetAvailabilityRequest(inventory_item_ids=items)
    if days:
        request.at_time.CopyFrom(stamp(days))
    answer: stock.GetAvailabilityResponse = await client.stock.GetAvailability(request)
    return answer


def told(answer: stock.GetAvailabilityResponse) -> list[tuple[str, str, str, str]]:
    return [
        (
            kit.inventory_item_id,
            kit.location_id,
            kit.available.value,
            kit.scarcest_inventory_item_id,
        )
        for kit in answer.kits
    ]


async def test_a_kit_is_told_by_its_scarcest_part_where_all_are_stocked(client: Client) -> None:
    answer = await ask(client, "box", "set", "tea")
    assert told(answer) == [("box", "newark", "1", "cloth"), ("set", "newark", "3", "cloth")]
    assert {level.inventory_item_id for level in answer.levels} == {"tea"}


async def test_kits_that_are_held_are_no_longer_to_be_built(client: Client) -> None:
    plan = (await client.allocation.Allocate(hold_request({"set": "3"}))).plan
    assert [row.location_id for row in plan.reservations] == ["newark", "newark"]
    assert told(await ask(client, "set")) == [("set", "newark", "0", "cloth")]
    await client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=plan.id))
    assert told(await ask(client, "set")) == [("set", "newark", "3", "cloth")]


async def test_supply_on_its_way_counts_for_kits_too(client: Client) -> None:
    await feed(client, "1", ("7", 3))
    assert told(await ask(client, "set")) == [("set", "newark", "1", "mug")]
    assert told(await ask(client, "set", days=5)) == [("set", "newark", "3", "cloth")]


def level(item_id: str, units: int, lot: str) -> stock_pb2.Level:
    message = stock_pb2.Level(inventory_item_id=item_id, location_id="reno", lot_id=lot)
    message.available.value = str(units)
    return message


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-3, 40)), max_size=9), st.data())
def test_one_more_kit_than_told_could_not_be_built(
    lots: list[tuple[str, int]], data: st.DataObject
) -> None:
    parts = {
        ItemId(name): Fraction(data.draw(st.integers(1, 9)), data.draw(st.sampled_from((1, 2, 4))))
        for name in data.draw(st.sets(st.sampled_from("abc"), min_size=1))
    }
    levels = [level(name, units, str(number)) for number, (name, units) in enumerate(lots)]
    found = encode_kits({ItemId("kit"): parts}, levels)
    there = {name: sum(max(0, units) for each, units in lots if each == name) for name, _ in lots}
    if not parts.keys() <= there.keys():
        assert found == []
        return
    (kit,) = found
    count = int(kit.available.value)
    assert all(count * wanted <= there[name] for name, wanted in parts.items())
    scarcest = ItemId(kit.scarcest_inventory_item_id)
    assert (count + 1) * parts[scarcest] > there[scarcest]
