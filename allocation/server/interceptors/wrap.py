"""Wrap a method handler of any of the four kinds in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import grpc

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Behaviour = Callable[[Any, Any], Any]


def behaviour_of(handler: Handler) -> Behaviour:
    """Return the function that serves the method."""
    kinds: dict[tuple[bool, bool], Any] = {
        (False, False): handler.unary_unary,
        (False, True): handler.unary_stream,
        (True, False): handler.stream_unary,
        (True, True): handler.stream_stream,
    }
    behaviour: Behaviour = kinds[bool(handler.request_streaming), bool(handler.response_streaming)]
    return behaviour


def wrapped(
    handler: Handler,
    behaviour: Behaviour,
    deserializer: Callable[[bytes], Any] | None = None,
) -> Handler:
    """Return a handler of the same kind with another function, and perhaps deserializer."""
    make: dict[tuple[bool, bool], Callable[..., Handler]] = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }
    return make[bool(handler.request_streaming), bool(handler.response_streaming)](
        behaviour,
        request_deserializer=deserializer or handler.request_deserializer,
        response_serializer=_unless_bytes(handler.response_serializer),
    )


def _unless_bytes(serialize: Callable[[Any], bytes] | None) -> Callable[[Any], bytes] | None:
    """Return a serializer that takes answers that are bytes already as they are."""
    if serialize is None:
        return None

    def bytes_of(answer: Any) -> bytes:
        return answer if type(answer) is bytes else serialize(answer)

    return bytes_of
