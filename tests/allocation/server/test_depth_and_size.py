"""Messages that are deep or large on the wire: refused as the caller's mistake, at no cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from google.protobuf.message import Message

from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import stock_service_pb2 as stock
from tests.allocation.server.samples import Client, allocate_request, connected
from tests.allocation.server.test_hostile_input import ALLOCATE, answer_of
from tests.fuzz.seeds import request_types

REFUSED = ("INVALID_ARGUMENT", "INVALID_REQUEST")


def allocate(client: Client) -> Any:
    channel: Any = client.channel
    return channel.unary_unary(ALLOCATE)


def _inside(kind: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if kind in path:
        yield (*path, kind)
        return
    for field in kind.fields:
        if field.message_type is not None:
            yield from _inside(field.message_type, (*path, kind))


@pytest.mark.parametrize("method", sorted(request_types()))
def test_no_request_can_hold_itself(method: str) -> None:
    kind: type[Message] = request_types()[method]
    circles = list(_inside(kind.DESCRIPTOR, ()))
    assert not circles, f"messages that nest without end: {circles[0]}"


@pytest.mark.parametrize("depth", [99, 1_000, 100_000])
async def test_fields_that_nobody_knows_cannot_nest_without_end(client: Client, depth: int) -> None:
    # Groups of an unknown field: the one thing on the wire that can nest whatever the type is.
    begin, end = b"\xfb\x7f", b"\xfc\x7f"
    content = allocate_request().SerializeToString() + begin * depth + end * depth
    answer = await answer_of(allocate(client), content)
    assert answer == (("OK", "") if depth < 100 else REFUSED)


@pytest.mark.parametrize(
    "tail",
    [b"\xfb\x7f", b"\xfc\x7f", b"\x0a\xff\xff\xff\xff\x0f", b"\xff" * 11, b"\x07", b"\x00\x01"],
    ids=["open group", "closed group", "length beyond the end", "long number", "kind 7", "field 0"],
)
async def test_bytes_that_end_wrongly_are_the_callers_mistake(client: Client, tail: bytes) -> None:
    content = allocate_request().SerializeToString() + tail
    assert await answer_of(allocate(client), content) == REFUSED


async def test_a_stream_may_be_longer_than_a_message_but_none_of_its_messages() -> None:
    row = stock.LevelRow(inventory_item_id="mug", location_id="reno")
    row.quantity.value = "1"
    rows = stock.SetLevelsRequest(rows=[row] * 100)
    first = stock.SetLevelsRequest(header=stock.FeedHeader(request_id="f"))
    settings = ServerSettings(port=0, receive_bytes=4 << 10)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        method = "/allocation.v1.StockService/SetLevels"
        channel: Any = client.channel
        stub = channel.stream_unary(method)
        fine = [first.SerializeToString(), *[rows.SerializeToString()] * 20]
        assert sum(map(len, fine)) > 4 << 10
        assert await answer_of(stub, iter(fine)) == ("OK", "")
        large = [first.SerializeToString(), rows.SerializeToString() * 10]
        assert (await answer_of(stub, iter(large)))[0] == "RESOURCE_EXHAUSTED"
