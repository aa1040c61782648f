"""What watches calls: logs, metrics, traces."""

from __future__ import annotations

from typing import Any, Protocol

from allocation.server.calls import CallRecord


class CallObserver(Protocol):
    """Told of every call, on the event loop; must be quick and must not raise."""

    def began(self, record: CallRecord, context: Any) -> None:
        """Take note that a call has come."""
        ...

    def ended(self, record: CallRecord, code: str, duration_s: float) -> None:
        """Take note that a call is over; perhaps a moment later, see `Telling`.

        Work that several calls can share is better done when all were `told` of.

        Parameters
        ----------
        code
            Name of its status code.
        duration_s
            Seconds since it came.
        """
        ...

    def told(self) -> None:
        """Pass on what was noted: of more calls there is nothing to be told at the moment."""
        ...

    def refused_unread(self, method: str, count: int) -> None:
        """Take note of calls that were refused for overload, of which nothing else is known."""
        ...
