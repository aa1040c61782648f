"""One log entry per call: what was called, how it ended, how long it took. No content."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from allocation.server.calls import CallRecord
from allocation.server.logs import log_calls

LOG: Final = logging.getLogger("allocation.server.access")


class AccessLog:
    """Logs each call when it is over; several at once where there are many."""

    def __init__(self) -> None:
        self._ended: list[Mapping[str, object]] = []

    def began(self, record: CallRecord, context: Any) -> None:
        """Do nothing: a call has one entry."""

    def ended(self, record: CallRecord, code: str, duration_s: float) -> None:
        """Note the call; with the ids of its request and plan where it has some."""
        extra: dict[str, object] = {
            "method": record.method,
            "code": code,
            "reason": record.reason,
            "call_id": record.id,
            "principal": "" if record.principal is None else record.principal.name,
            "duration_ms": round(duration_s * 1000, 3),
        }
        if record.address:
            extra["address"] = record.address
        if record.stages is not None:
            extra["trace_id"] = record.stages.trace_id
        if record.plans:
            plan = record.plans[-1]
            extra["plan_id"] = plan.plan_id
            extra["request_id"] = plan.request_id
            extra["rung"] = plan.rung
        self._ended.append(extra)

    def told(self) -> None:
        """Log what was noted."""
        if self._ended:
            ended, self._ended = self._ended, []
            log_calls(LOG, ended)

    def refused_unread(self, method: str, count: int) -> None:
        """Log all of them as one entry."""
        LOG.warning("calls refused unread", extra={"method": method, "count": count})
