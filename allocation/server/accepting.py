"""Taking on many calls at once.

gRPC's own server for asyncio asks its core for one call, and for the next one when it has got
that: a call comes in every few turns of the event loop, however many there are. Under overload
nearly all then wait where nobody can refuse them, until the core ends them without a word. Here
the core is asked for several calls of each method at a time. It also costs less: of a
call that is answered at once, a quarter.

This reaches into gRPC's implementation, of which one version is locked and tested. With another
one that lacks what is needed, its own way is left in place.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, cast

from grpc import aio
from grpc._cython import cygrpc

from allocation.server.intake import CURRENT_PLACE, Intake, Place
from allocation.server.interceptors.call import CallInterceptor
from allocation.server.interceptors.shedding import SHEDDABLE
from allocation.server.interceptors.wrap import Handler
from allocation.server.patience import Patience
from allocation.server.sturdy_core import can_be_sturdy
from allocation.server.unary_call import NEEDED, NEEDED_TYPES, UnaryCall

SLOTS: Final = 16
"""Calls that may be handed over while the loop is busy with something else."""

FEW_SLOTS: Final = 2
"""The same of methods that are not called all the time."""

_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    **NEEDED,
    "_handle_rpc": (
        "method_name",
        "method_resolver",
        "interceptors",
        "rpc_state",
        "loop",
        "concurrency_exceeded",
    ),
    "_schedule_rpc_coro": ("rpc_coro", "rpc_state", "loop", "method_name"),
    "_send_error_status_from_server": (
        "grpc_call_wrapper",
        "code",
        "details",
        "trailing_metadata",
        "send_initial_metadata_op",
        "loop",
    ),
}


def can_accept_many() -> bool:
    """Say whether this version of gRPC has what is needed."""
    has_names = all(
        hasattr(cygrpc, name)
        for name in (
            *_NEEDED,
            *NEEDED_TYPES,
            "_MethodResolver",
            "_RequestCallError",
        )
    )
    server = cygrpc.AioServer
    has_methods = all(hasattr(server, name) for name in ("_request_registered_call", "is_running"))
    return (
        has_names
        and has_methods
        and can_be_sturdy()
        and all(
            tuple(inspect.signature(getattr(cygrpc, name)).parameters) == parameters
            for name, parameters in _NEEDED.items()
        )
    )


class Acceptors:
    """Take on calls of some methods beside gRPC's own loop.

    Parameters
    ----------
    server
        Whose calls.
    interceptor
        That of the server.
    intake
        Says whether there is room for one more; calls are refused where there is none.

    Attributes
    ----------
    running
        What waits for calls, and the calls that are not over.
    """

    def __init__(
        self,
        server: aio.Server,
        interceptor: CallInterceptor,
        intake: Intake,
    ) -> None:
        self._core: Any = cast("Any", server)._server  # noqa: SLF001  # see above
        self._interceptor = interceptor
        self._intake = intake
        self._patience = Patience(self._keep)
        self.running: set[asyncio.Task[Any] | UnaryCall] = set()

    def start(self, handlers: Mapping[str, Any]) -> None:
        """Begin, after the server has; it ends when the server stops.

        Parameters
        ----------
        handlers
            By full method name, as they were registered with the server.
        """
        resolver = cygrpc._MethodResolver([], dict(handlers))  # noqa: SLF001
        for method, handler in handlers.items():
            if method in SHEDDABLE:
                around = self._interceptor.around(method, handler)
                for _ in range(SLOTS):
                    self._keep(self._accept(method, around))
            else:
                for _ in range(FEW_SLOTS):
                    self._keep(self._accept_any(method, resolver))

    async def _accept_any(self, method: str, resolver: Any) -> None:
        """Take on calls of a method that waits in no lane."""
        content = method.encode()
        while self._core.is_running():
            with suppress(cygrpc._RequestCallError):  # noqa: SLF001
                state = await self._core._request_registered_call(content)  # noqa: SLF001
                loop = asyncio.get_running_loop()
                call = cygrpc._handle_rpc(  # noqa: SLF001
                    method, resolver, (self._interceptor,), state, loop, False
                )
                self._keep(cygrpc._schedule_rpc_coro(call, state, loop, method))  # noqa: SLF001

    async def _accept(self, method: str, handler: Handler) -> None:
        """Take on calls of a method of one request and one answer that waits in the lane."""
        content, shedding = method.encode(), self._interceptor.shedding
        # A server that is not running must not be asked: it may have been taken apart.
        while self._core.is_running():
            try:
                state = await self._core._request_registered_call(content)  # noqa: SLF001
            except cygrpc._RequestCallError:  # noqa: SLF001
                # Of a call that was over before it was taken on, or of a server that stops.
                continue
            self._intake.arrivals += 1
            if self._intake.has_room:
                self._serve(handler, state)
                await asyncio.sleep(0)
            else:
                shedding.note(method)
                self._keep(self._refuse(state))
                # What is refused takes time from what is planned.
                await asyncio.sleep(shedding.pause_s())

    def _serve(self, handler: Handler, state: Any) -> None:
        place = Place(self._intake)
        CURRENT_PLACE.set(place)

        def ended(call: UnaryCall) -> None:
            self.running.discard(call)
            self._patience.discard(call)

        call = UnaryCall(handler, state, place, self._is_over, self._patience.lose, ended)
        call.start()
        self.running.add(call)
        self._patience.add(call)

    def _is_over(self) -> bool:
        return bool(self._core.is_over)

    async def _refuse(self, state: Any) -> None:
        """Send a status and nothing else: half of the work that a handler would be."""
        answer = self._interceptor.shedding.answer
        with suppress(cygrpc.ExecuteBatchError):
            # Or the caller is gone.
            await cygrpc._send_error_status_from_server(  # noqa: SLF001
                state,
                answer.code.value[0],
                answer.details,
                answer.trailing_metadata,
                cygrpc.SendInitialMetadataOperation((), 0),
                asyncio.get_running_loop(),
            )

    def _keep(self, work: Any) -> asyncio.Task[Any]:
        """Run something; the loop itself would not keep it from being collected."""
        task = asyncio.get_running_loop().create_task(work)
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return task
