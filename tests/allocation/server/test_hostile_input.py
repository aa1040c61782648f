"""Hostile messages by the thousand: each gets a proper answer, and the server stays well."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import grpc
import pytest
from google.protobuf.message import Message
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.hostile import mutate, random_bytes
from tests.allocation.server.samples import (
    Client,
    allocate_request,
    connected,
    network_messages,
    parse_error,
    quote_request,
)

SEED: Final = 20260901
MESSAGES: Final = 4_000
"""Over a real connection; `tests.fuzz` calls the same services with many more, without one."""
MANY_MESSAGES: Final = 20_000
AT_ONCE: Final = 50

ALLOCATE: Final = "/allocation.v1.AllocationService/Allocate"
QUOTE: Final = "/allocation.v1.AllocationService/Quote"
PUT: Final = "/routing.v1.NetworkService/Put"

PROPER: Final = {
    ("INVALID_ARGUMENT", "INVALID_REQUEST"),
    ("INVALID_ARGUMENT", "REQUEST_TOO_LARGE"),
    ("NOT_FOUND", "UNKNOWN_ITEM"),
    ("NOT_FOUND", "UNKNOWN_LOCATION"),
    ("NOT_FOUND", "UNKNOWN_RULE_SET"),
}
TOO_MANY_BYTES: Final = ("RESOURCE_EXHAUSTED", "")
RECEIVE_BYTES: Final = 64 << 10


def valid_requests(client: Client) -> list[tuple[str, Message]]:
    """Return requests that are fine as they are, the frequent ones more than once."""
    locations, items = network_messages()
    registered = allocate_request({"mug": "2", "gift-set": "1", "cloth": "1.5"})
    inline = allocate_request()
    inline.network.locations.extend(locations.locations)
    inline.network.items.extend(items.items)
    quote = quote_request()
    for request in (registered, inline, quote):
        request.options.solve_budget.nanos = 50_000_000
    cards = net.PutRateCardsRequest(validate_only=True)
    state = client.server.network.state
    cards.rate_cards.add().CopyFrom(state.rate_cards[state.rate_card_ids[0]])
    del cards.rate_cards[0].steps[40:]
    cards.zone_charts.add(zone_scheme="usps").pairs.add(
        origin_zip3="100", destination_zip3="101", rate_zone=3
    )
    puts = [
        (f"{PUT}Locations", net.PutLocationsRequest(locations=locations.locations)),
        (f"{PUT}Items", net.PutItemsRequest(items=items.items)),
        (f"{PUT}RateCards", cards),
    ]
    return [(ALLOCATE, registered)] * 5 + [(ALLOCATE, inline)] * 3 + [(QUOTE, quote)] * 2 + puts


def hostile_messages(
    rng: random.Random, valid: list[tuple[str, Message]], count: int
) -> Iterator[tuple[str, bytes]]:
    """Yield noise, mutated requests, and now and then one that is far too large."""
    for number in range(count):
        method, message = rng.choice(valid)
        if number % 1_000 == 999:
            yield method, message.SerializeToString() * (RECEIVE_BYTES // message.ByteSize() + 1)
        elif number % 10 < 3 and not method.startswith(PUT):  # noise may well be a fine put
            yield method, random_bytes(rng, message.SerializeToString())
        else:
            changed = type(message)()
            changed.CopyFrom(message)
            mutate(rng, changed, rng.choice((1, 2, 3, 5, 8)))
            if method.startswith(PUT):
                changed.validate_only = True  # type: ignore[attr-defined]
            yield method, changed.SerializeToString()


async def answer_of(stub: Any, content: Any) -> tuple[str, str]:
    """Return code and reason of one call."""
    try:
        await stub(content, timeout=60)
    except aio.AioRpcError as error:
        found = parse_error(error)
        return found.code.name, found.reason
    return "OK", ""


def is_proper(answer: tuple[str, str], size_bytes: int) -> bool:
    if answer == TOO_MANY_BYTES:
        return size_bytes > RECEIVE_BYTES
    return answer in PROPER or answer == ("OK", "")


@pytest.mark.parametrize("count", [MESSAGES, pytest.param(MANY_MESSAGES, marks=pytest.mark.soak)])
async def test_hostile_messages_get_proper_answers(count: int) -> None:
    rng = random.Random(SEED)
    answers: Counter[tuple[str, str]] = Counter()
    wrong = []
    settings = ServerSettings(port=0, receive_bytes=RECEIVE_BYTES)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        valid = valid_requests(client)
        channel: Any = client.channel
        stubs = {method: channel.unary_unary(method) for method, _ in valid}
        messages = hostile_messages(rng, valid, count)
        while batch := list(islice(messages, AT_ONCE)):
            found = await asyncio.gather(*(answer_of(stubs[m], each) for m, each in batch))
            answers.update(found)
            wrong += [
                (answer, method, content)
                for answer, (method, content) in zip(found, batch, strict=True)
                if not is_proper(answer, len(content))
            ]
        assert not wrong, f"{len(wrong)} with seed {SEED}, the first: {wrong[0]}"
        await check_health(client)
    assert sum(answers.values()) == count
    for expected in (("OK", ""), *PROPER - {("INVALID_ARGUMENT", "REQUEST_TOO_LARGE")}):
        assert answers[expected] > 0, f"never met {expected}: {answers}"
    assert answers[TOO_MANY_BYTES] > 0


async def check_health(client: Client) -> None:
    """Check that the server is as it was before the storm."""
    health = health_pb2_grpc.HealthStub(client.channel)
    answer = await health.Check(health_pb2.HealthCheckRequest())
    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    assert client.server.network.state.version == 2
    plan = (await client.allocation.Allocate(allocate_request())).plan
    assert [shipment.location_id for shipment in plan.shipments] == ["newark"]


async def test_bytes_that_are_no_message_are_the_callers_mistake(client: Client) -> None:
    channel: Any = client.channel
    for method in (ALLOCATE, f"{PUT}Items", "/grpc.health.v1.Health/Check"):
        assert await answer_of(channel.unary_unary(method), b"\xff\xff\xff") == (
            "INVALID_ARGUMENT",
            "INVALID_REQUEST",
        )
    stream = channel.stream_unary("/allocation.v1.StockService/SetLevels")
    assert (await answer_of(stream, iter([b"\xff"])))[0] in ("INVALID_ARGUMENT", "UNIMPLEMENTED")


async def test_an_unknown_method_is_unimplemented(client: Client) -> None:
    channel: Any = client.channel
    with_code = channel.unary_unary("/allocation.v1.AllocationService/Teleport")
    assert (await answer_of(with_code, b""))[0] == grpc.StatusCode.UNIMPLEMENTED.name


def test_the_storm_is_the_same_every_time() -> None:
    first, again = (list(hostile_messages(random.Random(SEED), sample(), 200)) for _ in range(2))
    assert first == again


def sample() -> list[tuple[str, Message]]:
    message: pb.AllocateRequest = allocate_request()
    return [(ALLOCATE, message)]
