"""The network outlives its server, and every server on a store has the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from allocation.ledger.network_rows import NetworkRow
from allocation.server.in_process import running_server
from allocation.server.network_follower import NetworkFollower
from allocation.server.network_store import NetworkStore
from allocation.server.put_items import put_items
from allocation.server.put_locations import put_locations
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.server.shipped import initial_state
from allocation.server.start_error import StartError
from allocation.store.open import open_store
from allocation.v1 import stock_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.v1 import item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import (
    Client,
    allocate_request,
    connected,
    error_of,
    item,
    network_messages,
)


def settings(tmp_path: Path, **fields: object) -> ServerSettings:
    return ServerSettings(port=0, store=f"sqlite:{tmp_path / 's.db'}", **fields)  # type: ignore[arg-type]


async def test_a_server_that_starts_again_still_knows_its_network(tmp_path: Path) -> None:
    async with running_server(settings(tmp_path)) as server, connected(server) as client:
        await client.put_network()
        before = server.network.state
        first = await client.allocation.Allocate(allocate_request())
    async with running_server(settings(tmp_path)) as server, connected(server) as client:
        after = server.network.state
        assert after.version == before.version == 2
        assert after.items == before.items
        assert after.locations == before.locations
        again = await client.allocation.Allocate(allocate_request())
    assert again.plan.cost == first.plan.cost
    assert again.plan.basis.network_version == first.plan.basis.network_version


@pytest.fixture
async def just_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Client, Client]]:
    """Two servers on one store; the first has a network that the second has not looked for."""
    monkeypatch.setattr(NetworkFollower, "_follow", lambda self: None)
    async with (
        running_server(settings(tmp_path)) as one,
        running_server(settings(tmp_path)) as two,
        connected(one) as first,
        connected(two) as second,
    ):
        await first.put_network()
        assert two.network.state.version == 0
        yield first, second


def mug_at(place: str, item_id: str = "mug") -> stock.SetLevelsRequest:
    message = stock.SetLevelsRequest(header=stock.FeedHeader())
    row = message.rows.add(inventory_item_id=item_id, location_id=place)
    row.quantity.value = "5"
    return message


async def test_what_another_server_has_just_put_can_be_fed(
    just_put: tuple[Client, Client],
) -> None:
    _, second = just_put
    answer = await second.stock.SetLevels(iter([mug_at("reno")]))
    assert (answer.accepted_rows, answer.refused_rows) == (1, 0)
    answer = await second.stock.SetLevels(iter([mug_at("reno", "nothing")]))
    assert (answer.accepted_rows, answer.refused_rows) == (0, 1)
    assert answer.errors[0].path == "inventory_item_id"


async def test_what_another_server_has_just_put_can_be_planned_with(
    just_put: tuple[Client, Client],
) -> None:
    _, second = just_put
    assert (await second.allocation.Allocate(allocate_request())).plan.shipments
    request = allocate_request()
    request.order.lines[0].inventory_item_id = "nothing"
    assert (await error_of(second.allocation.Allocate(request))).reason == "UNKNOWN_ITEM"


async def test_what_another_server_has_just_put_can_be_adjusted_and_asked_for(
    just_put: tuple[Client, Client],
) -> None:
    _, second = just_put
    asked = stock.GetAvailabilityRequest(inventory_item_ids=["mug"], location_ids=["reno"])
    assert not (await second.stock.GetAvailability(asked)).levels
    asked.location_ids.append("nowhere")
    assert (await error_of(second.stock.GetAvailability(asked))).reason == "UNKNOWN_LOCATION"


async def test_what_another_server_has_just_put_can_be_received(
    just_put: tuple[Client, Client],
) -> None:
    _, second = just_put
    request = stock.AdjustStockRequest()
    receipt = request.adjustments.add(inventory_item_id="mug", location_id="reno")
    receipt.reason = stock_pb2.STOCK_CHANGE_REASON_RECEIVE
    receipt.quantity.value = "5"
    assert (await second.stock.AdjustStock(request)).levels[0].available.value == "5"


async def test_servers_on_one_store_see_each_others_puts_within_a_second(tmp_path: Path) -> None:
    async with (
        running_server(settings(tmp_path)) as one,
        running_server(settings(tmp_path)) as two,
        connected(one) as first,
        connected(two) as second,
    ):
        await first.put_network()
        await asyncio.sleep(1.0)
        assert two.network.state.version == 2
        answer = await second.allocation.Allocate(allocate_request())
        assert answer.plan.shipments
        # A put that was checked against an older network is checked again.
        two.network._state = initial_state(shipped_rates=True)
        await second.network.PutItems(net.PutItemsRequest(items=[item("hat")]))
        assert set(two.network.state.items) == {"mug", "tea", "cloth", "gift-set", "hat"}


async def test_files_that_say_what_is_known_make_no_new_version(tmp_path: Path) -> None:
    file = tmp_path / "network.json"
    file.write_text('{"items": [{"id": "mug"}]}')
    versions = []
    for content in ('{"items": [{"id": "mug"}]}', '{"items": [{"id": "mug"}]}', '{"items": []}'):
        file.write_text(content)
        async with running_server(settings(tmp_path, network_files=(file,))) as server:
            versions.append(server.network.state.version)
            assert list(server.network.state.items) == ["mug"]
    assert versions == [1, 1, 1]


async def test_a_network_that_cannot_be_used_keeps_the_server_from_starting(
    tmp_path: Path,
) -> None:
    store = open_store(f"sqlite:{tmp_path / 's.db'}")
    bad = item("kit", "")
    bad.components.add(inventory_item_id="nothing")
    row = NetworkRow("item", "kit", bad.SerializeToString())
    store.network.add([row], after=0)
    store.close()
    with pytest.raises(StartError, match=r"network cannot be used.*nothing"):
        await Server(settings(tmp_path)).start()


async def test_a_kit_that_was_put_before_more_was_asked_of_kits_is_still_taken(
    tmp_path: Path,
) -> None:
    kit = item("set", "", tracking=item_pb2.ITEM_TRACKING_NONE)
    kit.components.add(inventory_item_id="mug").required_quantity.value = "2"
    async with running_server(settings(tmp_path)) as server, connected(server) as client:
        await client.put_network()
        await client.network.PutItems(net.PutItemsRequest(items=[kit]))
        kit.lead_time_days = 3
        error = await error_of(client.network.PutItems(net.PutItemsRequest(items=[kit])))
        assert list(error.violations) == ["items[0].lead_time_days"]
        row = NetworkRow("item", kit.id, kit.SerializeToString())
        server.store.network.add([row], after=server.network.state.version)
    async with running_server(settings(tmp_path)) as server, connected(server) as client:
        answer = await client.allocation.Allocate(allocate_request({"set": "1"}))
    assert not answer.plan.unfilled


def test_an_earlier_version_can_be_seen_again() -> None:
    network = NetworkStore(initial_state(shipped_rates=True))
    locations, items = network_messages()
    network.put(lambda state, findings: put_locations(state, locations.locations, findings))
    network.put(lambda state, findings: put_items(state, items.items, findings))
    heavier = item("mug", "999", sku="MUG-1")
    network.put(lambda state, findings: put_items(state, [heavier], findings))
    assert network.at(3) is network.state
    assert network.at(2).items["mug"].weight_g.value == "350"
    assert network.at(2).version == 2
    assert dict(network.at(1).items) == {}
    assert set(network.at(1).locations) == {"reno", "dallas", "newark"}
