"""Refuses calls unread: under overload, what a refusal costs is taken from the other calls.

The request is neither received nor parsed, nobody is asked who calls, and nothing is written
for each call. What is refused in a second is told of in one piece. After a refusal it may be a
moment before the next call is taken on; what comes meanwhile waits in gRPC, or is ended by it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import grpc
from grpc_status import rpc_status

from allocation.errors import OverloadedError
from allocation.server.errors import status_of
from allocation.server.intake import Intake
from allocation.server.interceptors.pacer import Pacer
from allocation.server.interceptors.wrap import Handler

SHEDDABLE: Final = frozenset({"/allocation.v1.AllocationService/Allocate"})
"""Methods that wait in the lane of `Intake`."""

TELL_EVERY_S: Final = 1.0

_ANSWER: Final = rpc_status.to_status(
    status_of(
        OverloadedError(
            "as many calls wait to be planned as this server takes on: try again a little later, "
            "or run more servers"
        )
    )
)


class Shedding:
    """Refuses planning calls while the server takes on no more.

    Parameters
    ----------
    intake
        Says so.
    pacer
        How many are refused in a second.
    tell
        Told of a method, and how many calls of it were refused.

    Attributes
    ----------
    answer
        What a refused call is told.
    """

    answer: Final = _ANSWER

    def __init__(self, intake: Intake, pacer: Pacer, tell: Callable[[str, int], None]) -> None:
        self._intake = intake
        self._pacer = pacer
        self._tell = tell
        self._untold: Counter[str] = Counter()
        self._handlers: dict[str, Handler] = {
            method: grpc.stream_stream_rpc_method_handler(self._refusing(method))
            for method in SHEDDABLE
        }

    def handler(self, method: str) -> Handler | None:
        """Take note of a call; return what refuses it, ``None`` if it is to be served."""
        self._intake.arrivals += 1
        refusing = self._handlers.get(method)
        if refusing is None or not self._intake.is_beyond:
            return None
        self._pacer.wait_s()
        return refusing

    def pause_s(self) -> float:
        """Count a refusal; return the seconds until the pace allows for another."""
        return self._pacer.wait_s()

    def _refusing(self, method: str) -> Any:
        async def refuse(_unread: Any, context: Any) -> None:
            self.note(method)
            context.set_code(_ANSWER.code)
            context.set_details(_ANSWER.details)
            context.set_trailing_metadata(_ANSWER.trailing_metadata)

        return refuse

    def note(self, method: str) -> None:
        """Take note of a refused call, to be told of in time."""
        if not self._untold:
            asyncio.get_running_loop().call_later(TELL_EVERY_S, self._tell_all)
        self._untold[method] += 1

    def _tell_all(self) -> None:
        untold, self._untold = self._untold, Counter()
        for method, count in untold.items():
            self._tell(method, count)
