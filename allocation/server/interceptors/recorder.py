"""Takes note of calls as they come, and tells of them when they are over.

What happens around every call and waits for nothing is here, where it can be compiled.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import uuid4

from allocation.server.calls import CALL_ID_KEY, CURRENT_CALL, CallRecord
from allocation.server.intake import CURRENT_PLACE
from allocation.server.interceptors.code_name import code_name
from allocation.server.interceptors.observer import CallObserver
from allocation.server.interceptors.telling import Telling

_MOST_ID_CHARS: Final = 128


class Recorder:
    """Keeps a record of each call; used on one event loop.

    Parameters
    ----------
    observers
        Told of every call, in this order.
    clock
        Monotonic seconds.
    """

    def __init__(self, observers: Sequence[CallObserver], clock: Callable[[], float]) -> None:
        self._telling = Telling(observers)
        self._clock = clock
        # Unique without a system call per call: one random start per process, then a count.
        self._first = uuid4().hex[:16]
        self._number = 0

    def begin(self, method: str, context: Any) -> CallRecord:
        """Take note of a call that has come."""
        record = CallRecord(_callers_id(context) or self._next_id(), method, self._clock())
        # Each call has a task, and so a context, of its own: nothing to put back.
        CURRENT_CALL.set(record)
        context.set_trailing_metadata(((CALL_ID_KEY, record.id),))
        self._telling.began(record, context)
        return record

    def _next_id(self) -> str:
        self._number += 1
        return f"{self._first}-{self._number}"

    def end(self, record: CallRecord, context: Any) -> None:
        """Tell of a call that is over, perhaps with an error that is on its way out."""
        place = CURRENT_PLACE.get()
        if place is not None:
            place.give_back()
        cancelled = isinstance(sys.exception(), asyncio.CancelledError)
        code = "CANCELLED" if cancelled else code_name(context.code())
        self._telling.ended(record, code, self._clock() - record.start_s)


def _callers_id(context: Any) -> str:
    """Return the caller's id if it is fit for a log line, else nothing."""
    for key, value in context.invocation_metadata() or ():
        if key == CALL_ID_KEY and 0 < len(value) <= _MOST_ID_CHARS and value.isprintable():
            return str(value)
    return ""
