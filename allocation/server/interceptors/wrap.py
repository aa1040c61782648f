"""Wrap a method handler of any of the four kinds in one place."""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import grpc
from grpc import aio

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Behaviour = Callable[[Any, Any], Any]


class AroundEveryCall(aio.ServerInterceptor):
    """An interceptor that puts an async context manager around every call."""

    def __init__(self) -> None:
        # What a method does never changes, so it is wrapped once.
        self._handlers: dict[str, Handler] = {}

    @abstractmethod
    def around(self, method: str, context: Any) -> AbstractAsyncContextManager[None]:
        """Return what to enter before the method runs and to leave after it."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Return the method's handler with `around` around it."""
        method = handler_call_details.method
        known = self._handlers.get(method)
        if known is not None:
            return known
        handler = await continuation(handler_call_details)
        # gRPC answers an unknown method itself; there is nothing to wrap.
        if handler is None:
            return None
        self._handlers[method] = wrapped(handler, self._wrap(handler, method))
        return self._handlers[method]

    def _wrap(self, handler: Handler, method: str) -> Behaviour:
        inner = behaviour_of(handler)

        async def unary(request: Any, context: Any) -> Any:
            async with self.around(method, context):
                return await inner(request, context)

        async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
            async with self.around(method, context):
                if inspect.isasyncgenfunction(inner):
                    async for response in inner(request, context):
                        yield response
                else:
                    await inner(request, context)

        return stream if handler.response_streaming else unary


class BeforeEveryCall(aio.ServerInterceptor):
    """An interceptor that looks at every call before the method runs."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    @abstractmethod
    def before(self, method: str, context: Any) -> None:
        """Look at a call; what this raises is its answer."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Return the method's handler with `before` before it."""
        method = handler_call_details.method
        known = self._handlers.get(method)
        if known is not None:
            return known
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        self._handlers[method] = wrapped(handler, self._wrap(handler, method))
        return self._handlers[method]

    def _wrap(self, handler: Handler, method: str) -> Behaviour:
        inner = behaviour_of(handler)

        async def unary(request: Any, context: Any) -> Any:
            self.before(method, context)
            return await inner(request, context)

        async def stream(request: Any, context: Any) -> AsyncIterator[Any]:
            self.before(method, context)
            if inspect.isasyncgenfunction(inner):
                async for response in inner(request, context):
                    yield response
            else:
                await inner(request, context)

        return stream if handler.response_streaming else unary


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
        response_serializer=handler.response_serializer,
    )
