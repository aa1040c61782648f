"""Bytes that are no message: answered as the caller's mistake, not as a failure of ours."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from grpc import aio

from allocation.errors import InvalidRequestError
from allocation.server.interceptors.wrap import Behaviour, Handler, behaviour_of, wrapped
from routing.errors import Violation


@dataclass(frozen=True, slots=True)
class Unparsable:
    """Stands for a request whose bytes are not a message of its type."""

    size_bytes: int


class ParsingInterceptor(aio.ServerInterceptor):
    """Lets no parse failure reach gRPC, which would call it INTERNAL."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Return the method's handler with a deserializer that never raises."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.request_deserializer is None:
            return handler
        return wrapped(handler, _checked(handler), _never_raising(handler.request_deserializer))


def _never_raising(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    def parse(content: bytes) -> Any:
        try:
            return deserialize(content)
        except DecodeError:
            return Unparsable(len(content))

    return parse


def _checked(handler: Handler) -> Behaviour:
    inner = behaviour_of(handler)
    check = _check_each if handler.request_streaming else _check

    async def unary(request: Any, context: Any) -> Any:
        return await inner(check(request), context)

    async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
        given = check(request)
        if inspect.isasyncgenfunction(inner):
            async for response in inner(given, context):
                yield response
        else:
            await inner(given, context)

    return stream if handler.response_streaming else unary


def _check(request: Any) -> Any:
    if isinstance(request, Unparsable):
        message = "are not a message of the method's request type; check the client's protos"
        raise InvalidRequestError([Violation("", f"the {request.size_bytes} bytes sent {message}")])
    return request


async def _check_each(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for request in requests:
        yield _check(request)
