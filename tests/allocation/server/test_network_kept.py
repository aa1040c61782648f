"""The network outlives its server, and every server on a store has the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from allocation.ledger.network_rows import NetworkRow
from allocation.server.in_process import running_server
from allocation.server.network_state import initial_state
from allocation.server.network_store import NetworkStore
from allocation.server.put_items import put_items
from allocation.server.put_locations import put_locations
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.store import open_store
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import (
    allocate_request,
    connected,
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
