"""Bytes that are no message: answered as the caller's mistake, not as a failure of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError

from allocation.errors import InvalidRequestError
from routing.errors import Violation


@dataclass(frozen=True, slots=True)
class Unparsable:
    """Stands for a request whose bytes are not a message of its type."""

    size_bytes: int


def never_raising(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Return a deserializer that lets no failure reach gRPC, which would call it INTERNAL."""

    def parse(content: bytes) -> Any:
        try:
            return deserialize(content)
        except DecodeError:
            return Unparsable(len(content))

    return parse


def parsed(request: Any) -> Any:
    """Return a request that could be parsed.

    Raises
    ------
    InvalidRequestError
        If it could not.
    """
    if type(request) is Unparsable:
        message = "are not a message of the method's request type; check the client's protos"
        raise InvalidRequestError([Violation("", f"the {request.size_bytes} bytes sent {message}")])
    return request


async def parsed_each(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """Pass on a stream of requests; ends with the error of `parsed`."""
    async for request in requests:
        yield parsed(request)
