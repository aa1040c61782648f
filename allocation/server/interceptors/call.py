"""The one interceptor: what happens around every call, in the order in which it happens.

A chain of interceptors would read as nicely and cost each call as much again as gRPC itself.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import grpc
from grpc import aio

from allocation.errors import OverloadedError, RateLimitedError
from allocation.server.calls import CallRecord
from allocation.server.intake import Intake
from allocation.server.interceptors.audit import counted, summary_of
from allocation.server.interceptors.errors import PASSED_ON, answer_error
from allocation.server.interceptors.observer import CallObserver
from allocation.server.interceptors.pacer import UNREAD_PER_S, Pacer
from allocation.server.interceptors.parsing import never_raising, parsed, parsed_each
from allocation.server.interceptors.permission import Gate
from allocation.server.interceptors.recorder import Recorder
from allocation.server.interceptors.shedding import Shedding
from allocation.server.interceptors.wrap import Behaviour, Handler, behaviour_of, wrapped
from allocation.server.readers import READERS
from allocation.server.security.permissions import AUDITED


class CallInterceptor(aio.ServerInterceptor):
    """Gives a call its id, asks who makes it, serves it, answers its error, tells of it.

    Parameters
    ----------
    gate
        Lets calls through or refuses them.
    observers
        Told of every call, in this order.
    clock
        Monotonic seconds.
    intake
        Says when calls are to be refused unread; ``None``: never.

    Attributes
    ----------
    shedding
        What refuses calls unread.
    """

    def __init__(
        self,
        gate: Gate,
        observers: Sequence[CallObserver],
        clock: Callable[[], float],
        intake: Intake | None = None,
    ) -> None:
        self._gate = gate
        self._observers = tuple(observers)
        self._recorder = Recorder(observers, clock)
        self._pacer = Pacer(clock)
        self.shedding = Shedding(
            intake or Intake(), Pacer(clock, UNREAD_PER_S), self._tell_of_refused
        )
        # What a method does never changes, so it is wrapped once.
        self._handlers: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Return the method's handler with everything around it."""
        method = handler_call_details.method
        refusing = self.shedding.handler(method)
        if refusing is not None:
            return refusing
        known = self._handlers.get(method)
        if known is not None:
            return known
        handler = await continuation(handler_call_details)
        # gRPC answers an unknown method itself; there is nothing to wrap.
        return None if handler is None else self.around(method, handler)

    def around(self, method: str, handler: Handler) -> Handler:
        """Return a method's handler with everything around it, but for refusals unread."""
        known = self._handlers.get(method)
        if known is None:
            known = wrapped(handler, self._around(handler, method), _deserializer(handler))
            self._handlers[method] = known
        return known

    def _around(self, handler: Handler, method: str) -> Behaviour:
        inner = behaviour_of(handler)
        read = _reader(handler, method)
        audited = method in AUDITED
        begin, end, admit = self._recorder.begin, self._recorder.end, self._gate.admit

        async def unary(given: Any, context: Any) -> Any:
            record = begin(method, context)
            try:
                if audited:
                    record.change = {}
                admit(record, context)
                return await inner(read(given, record), context)
            except Exception as error:
                await self._answer(error, record, context)
                raise
            finally:
                end(record, context)

        async def stream(given: Any, context: Any) -> AsyncIterator[Any]:
            record = begin(method, context)
            try:
                if audited:
                    record.change = {}
                admit(record, context)
                if inspect.isasyncgenfunction(inner):
                    async for response in inner(read(given, record), context):
                        yield response
                else:
                    await inner(read(given, record), context)
            except Exception as error:
                await self._answer(error, record, context)
                raise
            finally:
                end(record, context)

        return stream if handler.response_streaming else unary

    def _tell_of_refused(self, method: str, count: int) -> None:
        for observer in self._observers:
            observer.refused_unread(method, count)
            observer.told()

    async def _answer(self, error: Exception, record: CallRecord, context: Any) -> None:
        """End a call with the status of an error, if it is one; raises what gRPC wants raised."""
        if isinstance(error, PASSED_ON):
            return
        if isinstance(error, OverloadedError | RateLimitedError):
            await self._pacer.wait()
        await answer_error(error, record, context)


def _deserializer(handler: Handler) -> Callable[[bytes], Any] | None:
    """Return what gRPC is to make of the bytes of a request.

    Nothing, where there is one: it is read once it is known that its caller may call. gRPC would
    read it before anybody is asked, at the cost of whoever sends large ones without a token.
    """
    parse = handler.request_deserializer
    if parse is None:
        return None
    return never_raising(parse) if handler.request_streaming else bytes


def _reader(handler: Handler, method: str) -> Callable[[Any, CallRecord], Any]:
    """Return what reads a method's request, or a stream of them; it notes audited changes."""
    parse = never_raising(READERS.get(method) or handler.request_deserializer or bytes)

    def audited_stream(given: Any, record: CallRecord) -> Any:
        record.change = {}
        return counted(parsed_each(given), record.change)

    def stream(given: Any, _record: CallRecord) -> Any:
        return parsed_each(given)

    def audited(given: Any, record: CallRecord) -> Any:
        request = parsed(parse(given))
        record.change = summary_of(request)
        return request

    def single(given: Any, _record: CallRecord) -> Any:
        return parsed(parse(given))

    if handler.request_streaming:
        return audited_stream if method in AUDITED else stream
    return audited if method in AUDITED else single
