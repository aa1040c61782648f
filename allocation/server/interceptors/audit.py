"""Writes down who changed what: one entry per call of an audited method, refused ones too."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any, Final

from google.protobuf.message import Message

from allocation.server.calls import CallRecord
from allocation.server.logs import AUDIT

_MOST_CHARS: Final = 120
_ROWS: Final = "_count"


class AuditLog:
    """Logs calls that were asked to change something, with their principal and outcome."""

    def began(self, record: CallRecord, context: Any) -> None:
        """Do nothing: a call has one entry."""

    def ended(self, record: CallRecord, code: str, duration_s: float) -> None:  # noqa: ARG002
        """Log the call if it was one of an audited method."""
        if record.change is None:
            return
        principal = record.principal
        AUDIT.info(
            "change",
            extra={
                "method": record.method,
                "principal": "" if principal is None else principal.name,
                "proved_by": "" if principal is None else principal.proved_by,
                "code": code,
                "reason": record.reason,
                "call_id": record.id,
                "change": record.change,
            },
        )

    def told(self) -> None:
        """Do nothing: who changed what is written at once."""

    def refused_unread(self, method: str, count: int) -> None:
        """Do nothing: no method that changes something is refused unread."""


async def counted(requests: AsyncIterator[Any], change: dict[str, Any]) -> AsyncIterator[Any]:
    """Pass on a stream of requests; `change` says what its first had and how many rows came."""
    messages = 0
    rows: dict[str, int] = {}
    async for request in requests:
        summary = summary_of(request)
        messages += 1
        for name, value in summary.items():
            if isinstance(value, int) and name.endswith(_ROWS):
                rows[name] = rows.get(name, 0) + value
            elif messages == 1:
                change[name] = value
        change.update(rows, messages=messages)
        yield request


def summary_of(request: Any) -> dict[str, Any]:
    """Return what a request asks for, without its contents.

    Lists are counted, short words and numbers stand as they are, and of longer texts
    there is a digest, by which the very same text can be recognised.
    """
    if not isinstance(request, Message):
        return {}
    summary: dict[str, Any] = {}
    for field, value in request.ListFields():
        if field.is_repeated:
            summary[f"{field.name}{_ROWS}"] = len(value)
        elif isinstance(value, str) and len(value) > _MOST_CHARS:
            summary[f"{field.name}_sha256"] = hashlib.sha256(value.encode()).hexdigest()
        elif isinstance(value, Message):
            summary[field.name] = str(value).strip()[:_MOST_CHARS]
        elif not isinstance(value, bytes):
            summary[field.name] = value
    return summary
