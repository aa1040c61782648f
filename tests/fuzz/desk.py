"""A server without a network: its real services and interceptor, called with bytes."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final, cast

import grpc
from grpc import aio

from allocation.server.calls import CallRecord
from allocation.server.environment import Environment, default_environment
from allocation.server.interceptors.audit import AuditLog
from allocation.server.interceptors.call import CallInterceptor
from allocation.server.interceptors.permission import Gate
from allocation.server.resources import Resources
from allocation.server.security.authenticator import Authenticator
from allocation.server.security.rates import RateLimiter
from allocation.server.services import add_services
from allocation.server.settings import ServerSettings

PATIENCE_S: Final = 30.0
"""A call that takes longer hangs, as far as we are concerned."""
MOST_RESPONSES: Final = 3
DEADLINE_S: Final = 0.25
AMPLE_S: Final = 20.0
"""Deadline of calls that have to be answered, on a machine of any speed."""


@dataclass(frozen=True)
class Answer:
    """What a call came to; `trace` has what was logged about a bug, `details` what callers read."""

    code: str
    reason: str
    content: bytes = b""
    trace: str = ""
    details: str = ""


class Context:
    """What servicers and interceptors ask of a call."""

    def __init__(
        self, metadata: Sequence[tuple[str, str]] = (), remaining_s: float = DEADLINE_S
    ) -> None:
        self._metadata = tuple(metadata)
        self._remaining_s = remaining_s
        self._code: grpc.StatusCode | None = None
        self.trailers: Sequence[tuple[str, Any]] = ()

    def invocation_metadata(self) -> Sequence[tuple[str, str]]:
        return self._metadata

    def auth_context(self) -> Mapping[str, Sequence[bytes]]:
        return {}

    def peer(self) -> str:
        return "ipv4:127.0.0.1:1"

    def time_remaining(self) -> float:
        return self._remaining_s

    def code(self) -> grpc.StatusCode | None:
        return self._code

    def set_trailing_metadata(self, trailers: Sequence[tuple[str, Any]]) -> None:
        self.trailers = trailers

    async def abort(
        self, code: grpc.StatusCode, details: str, trailers: Sequence[tuple[str, Any]]
    ) -> None:
        self._code = code
        self.trailers = trailers
        raise aio.AbortError(details)


class _Watcher:
    """Remembers how the latest call of each task ended."""

    def __init__(self) -> None:
        self.ended_as: dict[str, tuple[str, str]] = {}

    def began(self, record: CallRecord, context: Any) -> None: ...

    def refused_unread(self, method: str, count: int) -> None: ...

    def told(self) -> None: ...

    def ended(self, record: CallRecord, code: str, duration_s: float) -> None:
        self.ended_as[record.id] = code, record.reason


class Desk:
    """Opens a server's resources and calls its methods; use it on one event loop."""

    def __init__(self, settings: ServerSettings, environment: Environment | None = None) -> None:
        self._environment = environment or default_environment()
        self.resources = Resources(settings, self._environment)
        self._handlers: dict[str, Any] = {}
        self._watcher = _Watcher()
        self._numbers = iter(range(1 << 62))
        gate = Gate(
            Authenticator(settings.security, self._environment.now, self._environment.clock),
            RateLimiter(0.0, 1, self._environment.clock),
        )
        self._interceptor = CallInterceptor(
            gate, (AuditLog(), self._watcher), self._environment.clock
        )
        collector: Any = SimpleNamespace(
            add_generic_rpc_handlers=lambda handlers: None,
            add_registered_method_handlers=self._register,
        )
        add_services(cast("aio.Server", collector), settings, self._environment, self.resources)

    def _register(self, service: str, handlers: Mapping[str, Any]) -> None:
        for name, handler in handlers.items():
            self._handlers[f"/{service}/{name}"] = handler

    @property
    def methods(self) -> tuple[str, ...]:
        """Full names of all methods."""
        return tuple(self._handlers)

    def close(self) -> None:
        """Let go of everything."""
        self.resources.watch.stop()
        self.resources.close()

    async def call(
        self, method: str, messages: Sequence[bytes], remaining_s: float = DEADLINE_S
    ) -> Answer:
        """Call a method with the bytes of its request, or of each message of its stream."""
        number = str(next(self._numbers))
        context = Context((("x-request-id", number),), remaining_s)
        details = ""
        with _log_of_bugs() as bugs:
            try:
                content = await asyncio.wait_for(self._run(method, messages, context), PATIENCE_S)
            except aio.AbortError as error:
                content, details = b"", str(error)
            except TimeoutError:
                return Answer("HANGS", "")
            except Exception:  # noqa: BLE001 - whatever leaves the interceptor is a finding
                return Answer("CRASH", "", trace=traceback.format_exc())
        code, reason = self._watcher.ended_as.pop(number, ("NEVER_ENDED", ""))
        return Answer(code, reason, content, "".join(bugs), details)

    async def _run(self, method: str, messages: Sequence[bytes], context: Context) -> bytes:
        async def found(_: Any) -> Any:
            return self._handlers[method]

        details: Any = SimpleNamespace(method=method)
        handler: Any = await self._interceptor.intercept_service(found, details)
        parse, serialize = handler.request_deserializer, handler.response_serializer

        async def stream() -> AsyncIterator[Any]:
            for message in messages:
                yield parse(message)

        request = stream() if handler.request_streaming else parse(messages[0])
        if not handler.response_streaming:
            behaviour = handler.stream_unary or handler.unary_unary
            return bytes(serialize(await behaviour(request, context)))
        responses = (handler.stream_stream or handler.unary_stream)(request, context)
        content = b""
        try:
            for _ in range(MOST_RESPONSES):
                async with asyncio.timeout(0.02):
                    content = bytes(serialize(await anext(responses)))
        except (TimeoutError, StopAsyncIteration):
            pass
        finally:
            await responses.aclose()
        return content


@contextmanager
def _log_of_bugs() -> Iterator[list[str]]:
    """Collect what the server logs about bugs meanwhile, in any call."""
    found: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            trace = "" if record.exc_info is None else self.formatter_text(record)
            found.append(f"{record.getMessage()} {trace}")

        def formatter_text(self, record: logging.LogRecord) -> str:
            return logging.Formatter().formatException(cast("Any", record.exc_info))

    handler = Handler(logging.ERROR)
    log = logging.getLogger("allocation.server")
    log.addHandler(handler)
    try:
        yield found
    finally:
        log.removeHandler(handler)
