"""One call of a method with one request and one answer, from its request to its status.

gRPC's own way there starts three batches of operations for each call: one receives the request, one
the end of the call, one sends the answer. Each takes the event loop's thread 15 us: it wakes two
other threads, and is waited for. Here the end is received together with the sending. Whether
a caller gives up is watched only where a call takes longer than most do; see `Patience`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

from grpc import aio
from grpc._cython import cygrpc

from allocation.server.budget import is_too_late
from allocation.server.intake import Place
from allocation.server.interceptors.wrap import Handler

NEEDED: Final = {
    "execute_batch": ("grpc_call_wrapper", "operations", "loop"),
    "_receive_message": ("grpc_call_wrapper", "loop"),
}
"""Functions of gRPC that are not part of its interface, with their parameters."""

NEEDED_TYPES: Final = (
    "ExecuteBatchError",
    "ReceiveCloseOnServerOperation",
    "SendInitialMetadataOperation",
    "SendMessageOperation",
    "SendStatusFromServerOperation",
    "_ServicerContext",
)

LOG: Final = logging.getLogger("allocation.server")

_OK: Final = 0
_NO_FLAGS: Final = 0


class UnaryCall:
    """A call that was taken on; the handler answers every error but those that gRPC raises.

    Parameters
    ----------
    handler
        Of its method. A status other than OK it sends by ``context.abort`` alone.
    state
        gRPC's, of the call.
    place
        That of the call. It has none while its request is long in coming: whoever begins calls and
        says nothing keeps nobody else out.
    is_over
        Whether the server has been taken apart, so that nothing may be sent.
    gave_up
        Called when it turns out that the caller no longer waits.
    ended
        Called with this when the call is over.
    """

    __slots__ = (
        "_context",
        "_ended",
        "_gave_up",
        "_handler",
        "_has_request",
        "_hears_of_end",
        "_is_over",
        "_loop",
        "_place",
        "_state",
        "_task",
    )

    def __init__(
        self,
        handler: Handler,
        state: Any,
        place: Place,
        is_over: Callable[[], bool],
        gave_up: Callable[[], object],
        ended: Callable[[UnaryCall], object],
    ) -> None:
        self._handler = handler
        self._state = state
        self._place = place
        self._is_over = is_over
        self._gave_up = gave_up
        self._ended = ended
        # To ask for it again each time takes a system call.
        self._loop = asyncio.get_running_loop()
        self._context: Any = None
        self._task: asyncio.Task[None] | None = None
        self._has_request = self._hears_of_end = False

    def start(self) -> None:
        """Serve the call, in a task of its own, with what context variables are now."""
        self._task = self._loop.create_task(self._serve())

    def give_way(self) -> None:
        """Keep no place, if the request is not here yet."""
        if not self._has_request:
            self._place.give_back()

    async def watch(self) -> None:
        """Cancel what serves the call as soon as its caller gives up; returns when it is over."""
        if self._hears_of_end or self._is_over():
            return
        self._hears_of_end = True
        end = cygrpc.ReceiveCloseOnServerOperation(_NO_FLAGS)
        await self._execute(end)
        if end.cancelled() and not (self._context and self._context.done()) and self._task:
            self._gave_up()
            self._task.cancel()

    async def _serve(self) -> None:
        try:
            content = await cygrpc._receive_message(self._state, self._loop)  # noqa: SLF001
            if content is not None:  # Or the caller has given up.
                self._has_request = True
                self._place.take()
                await self._answer(content)
        except cygrpc.ExecuteBatchError:
            self._gave_up()  # The caller was gone before an error could be sent.
        except Exception:
            LOG.exception("a call had no answer")
        finally:
            # Of a call that was over before it came to be answered.
            self._place.give_back()
            self._ended(self)

    async def _answer(self, content: bytes) -> None:
        handler: Any = self._handler
        context = cygrpc._ServicerContext(self._state, None, None, self._loop)  # noqa: SLF001
        self._context = context
        try:
            request = handler.request_deserializer(content)
            answer = handler.response_serializer(await handler.unary_unary(request, context))
        except aio.AbortError as error:
            # The call has it, and it would have the call: of both, gRPC could let go of neither.
            error.__context__ = error.__traceback__ = None
            await self._finish()
        else:
            await self._finish(
                cygrpc.SendInitialMetadataOperation((), _NO_FLAGS),
                cygrpc.SendMessageOperation(answer, _NO_FLAGS),
                cygrpc.SendStatusFromServerOperation(
                    context.trailing_metadata(), _OK, "", _NO_FLAGS
                ),
            )

    async def _finish(self, *operations: Any) -> None:
        """Send what there is to be sent, and wait for the end."""
        if self._is_over() or is_too_late(self._context):
            return
        # What follows is not cancelled any more: the answer is on its way.
        self._task = None
        if not self._hears_of_end:
            self._hears_of_end = True
            operations = *operations, cygrpc.ReceiveCloseOnServerOperation(_NO_FLAGS)
        if operations:
            await self._execute(*operations)

    async def _execute(self, *operations: Any) -> None:
        try:
            await cygrpc.execute_batch(self._state, operations, self._loop)
        except cygrpc.ExecuteBatchError:
            self._gave_up()
