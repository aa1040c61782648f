"""gRPC's server, without what lets a caller end it.

gRPC's own loop for asyncio takes on every call of a method that it was not told of in advance,
and reads its path as UTF-8. A path that is not UTF-8, from anybody who can connect, ends that loop
and with it the server, while the process lives on (grpcio 1.85 and before). Here the loop is
given no call: methods are registered and taken on by `accepting.Acceptors`, and whatever else
comes is, whatever its path, a method that does not exist.

This reaches into gRPC's implementation as `accepting` does.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Sequence
from typing import Any, Final, cast

from grpc import aio
from grpc._cython import cygrpc
from grpc.aio import _server

_NEEDED: Final = {
    "_make_request_call_future": ("self", "method_bytes"),
    "_request_call": ("self",),
    "is_running": ("self",),
    "shutdown": ("self", "grace"),
}


UNKNOWN: Final = "unknown"
"""Stands for the path of whatever is no method of ours."""


def can_be_sturdy() -> bool:
    """Say whether this version of gRPC has what is needed."""
    core = cygrpc.AioServer
    return hasattr(_server, "_augment_channel_arguments") and all(
        hasattr(core, name) and tuple(inspect.signature(getattr(core, name)).parameters) == given
        for name, given in _NEEDED.items()
    )


class _Core(cygrpc.AioServer):  # type: ignore[misc]  # has no types
    """Its own loop waits for nothing but the end.

    Attributes
    ----------
    is_over
        Whether it has been taken apart: of its calls, nothing may be asked any more.
    """

    is_over = False

    async def shutdown(self, grace: float | None) -> None:
        """Let calls end and take the server apart; several may wait for it."""
        await super().shutdown(grace)
        # Within the same turn of the loop.
        self.is_over = True

    def _make_request_call_future(self, method_bytes: bytes | None) -> asyncio.Future[Any]:
        """Give the loop something to wait for.

        Parameters
        ----------
        method_bytes
            A registered method; ``None``: all others.
        """
        loop = asyncio.get_running_loop()
        if method_bytes is not None:
            return loop.create_future()  # Acceptors ask for its calls.
        return loop.create_task(self._refuse_all_others())

    async def _refuse_all_others(self) -> None:
        """Answer calls of methods that do not exist; raises what ends the loop, at the end."""
        loop = asyncio.get_running_loop()
        no_methods = cygrpc._MethodResolver([], {})  # noqa: SLF001
        calls: set[asyncio.Task[Any]] = set()
        while True:
            try:
                state = await self._request_call()
            except cygrpc._RequestCallError:  # noqa: SLF001
                if not self.is_running():
                    raise
                continue
            call = cygrpc._handle_rpc(UNKNOWN, no_methods, (), state, loop, False)  # noqa: SLF001
            refusing = cygrpc._schedule_rpc_coro(call, state, loop, UNKNOWN)  # noqa: SLF001
            task = loop.create_task(refusing)
            # The loop itself would not keep it from being collected.
            calls.add(task)
            task.add_done_callback(calls.discard)


class _Server(_server.Server):
    """A server around such a core."""

    def __init__(
        self, interceptors: Sequence[aio.ServerInterceptor], options: Sequence[tuple[str, Any]]
    ) -> None:
        # Without calling super(): it makes a core of the usual kind.
        self._loop = cygrpc.get_working_loop()
        arguments = _server._augment_channel_arguments(options, None)  # noqa: SLF001
        self._server = _Core(self._loop, None, (), tuple(interceptors), arguments, None)


def sturdy_server(
    interceptors: Sequence[aio.ServerInterceptor], options: Sequence[tuple[str, Any]]
) -> aio.Server:
    """Return a server whose methods have to be registered, and be taken on by acceptors."""
    return cast("aio.Server", _Server(interceptors, options))
