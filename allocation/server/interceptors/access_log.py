"""One log entry per call: what was called, how it ended, how long it took. No content."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from typing import Any, Final
from uuid import uuid4

from allocation.server.calls import CALL_ID_KEY, CURRENT_CALL, CallRecord
from allocation.server.interceptors.code_name import code_name
from allocation.server.interceptors.wrap import AroundEveryCall

LOG: Final = logging.getLogger("allocation.server.access")
_MOST_ID_CHARS: Final = 128
_START: Final = uuid4().hex[:16]


class AccessLogInterceptor(AroundEveryCall):
    """Gives every call an id, sends it back, and logs the call when it is over.

    Parameters
    ----------
    clock
        Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        # Unique without a system call per call: one random start per process, then a count.
        self._ids = (f"{_START}-{number}" for number in count(1))

    def around(self, method: str, context: Any) -> AbstractAsyncContextManager[None]:
        """Return what logs the call."""
        return self._logged(method, context)

    @asynccontextmanager
    async def _logged(self, method: str, context: Any) -> AsyncIterator[None]:
        start = self._clock()
        record = CallRecord(_callers_id(context) or next(self._ids))
        # Each call has a task, and so a context, of its own: nothing to put back.
        CURRENT_CALL.set(record)
        context.set_trailing_metadata(((CALL_ID_KEY, record.id),))
        cancelled = False
        try:
            yield
        except asyncio.CancelledError:
            cancelled = True
            raise
        finally:
            LOG.info(
                "call",
                extra={
                    "method": method,
                    "code": "CANCELLED" if cancelled else code_name(context.code()),
                    "reason": record.reason,
                    "call_id": record.id,
                    "principal": "" if record.principal is None else record.principal.name,
                    "duration_ms": round((self._clock() - start) * 1000, 3),
                },
            )


def _callers_id(context: Any) -> str:
    """Return the caller's id if it is fit for a log line, else nothing."""
    for key, value in context.invocation_metadata() or ():
        if key == CALL_ID_KEY and 0 < len(value) <= _MOST_ID_CHARS and value.isprintable():
            return str(value)
    return ""
