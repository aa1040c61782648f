"""Every method of the contract answers; those to come say what to use now."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor
from grpc import aio

from allocation.server.not_implemented import INSTEAD
from allocation.v1 import (
    allocation_service_pb2,
    rule_service_pb2,
    stock_service_pb2,
)
from routing.v1 import network_service_pb2
from tests.allocation.server.samples import Client, parse_error

METHODS: dict[str, MethodDescriptor] = {
    f"/{service.full_name}/{method.name}": method
    for file in (allocation_service_pb2, rule_service_pb2, stock_service_pb2, network_service_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}


async def call(client: Client, name: str) -> Any:
    """Call a method with an empty request and return its first answer."""
    method = METHODS[name]
    request = message_factory.GetMessageClass(method.input_type)()
    parse = message_factory.GetMessageClass(method.output_type).FromString
    channel: Any = client.channel
    if method.client_streaming:
        return await channel.stream_unary(name, response_deserializer=parse)(
            iter([request.SerializeToString()])
        )
    if method.server_streaming:
        stream = channel.unary_stream(name, response_deserializer=parse)
        # A stream that is served goes on until somebody has had enough of it.
        return [answer async for answer in stream(request.SerializeToString(), timeout=1)]
    return await channel.unary_unary(name, response_deserializer=parse)(request.SerializeToString())


@pytest.mark.parametrize("name", sorted(INSTEAD))
async def test_a_method_to_come_says_what_to_use_now(client: Client, name: str) -> None:
    with pytest.raises(aio.AioRpcError) as caught:
        await call(client, name)
    error = parse_error(caught.value)
    assert error.code is grpc.StatusCode.UNIMPLEMENTED
    assert error.reason == "NOT_IMPLEMENTED"
    assert error.metadata == {"method": name}
    assert error.message == INSTEAD[name]
    assert "not served yet" in error.message or "not stored yet" in error.message


@pytest.mark.parametrize("name", sorted(METHODS.keys() - INSTEAD.keys()))
async def test_every_other_method_is_served(client: Client, name: str) -> None:
    try:
        await call(client, name)
    except aio.AioRpcError as error:
        reason = parse_error(error).reason
    else:
        reason = ""
    assert reason in (
        "",
        "INVALID_REQUEST",
        "UNKNOWN_ITEM",
        "UNKNOWN_LOCATION",
        "UNKNOWN_RATE_CARD",
        "UNKNOWN_RULE_SET",
    )


def test_nothing_is_called_unserved_that_the_contract_does_not_have() -> None:
    assert INSTEAD.keys() <= METHODS.keys()
