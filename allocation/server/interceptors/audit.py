"""Writes down who changed what: one entry per call of an audited method, refused ones too."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import grpc
from google.protobuf.message import Message
from grpc import aio

from allocation.server.calls import CURRENT_CALL
from allocation.server.interceptors.code_name import code_name
from allocation.server.interceptors.wrap import Behaviour, Handler, behaviour_of, wrapped
from allocation.server.security.permissions import AUDITED

LOG: Final = logging.getLogger("allocation.server.audit")
_MOST_CHARS: Final = 120


class AuditInterceptor(aio.ServerInterceptor):
    """Logs calls of `AUDITED` methods with their principal, outcome and size.

    It has to stand outside of what turns errors into statuses, and inside of what gives a
    call its id.
    """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Return the method's handler, with an entry after it if it is audited."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or method not in AUDITED:
            return handler
        return wrapped(handler, _audited(handler, method))


def _audited(handler: Handler, method: str) -> Behaviour:
    inner = behaviour_of(handler)

    async def call(request: Any, context: Any) -> Any:
        change: dict[str, Any] = {}
        given = _counted(request, change) if handler.request_streaming else request
        if not handler.request_streaming:
            change.update(summary_of(request))
        cancelled = False
        try:
            return await inner(given, context)
        except asyncio.CancelledError:
            cancelled = True
            raise
        finally:
            _log(method, "CANCELLED" if cancelled else code_name(context.code()), change)

    return call


def _log(method: str, code: str, change: dict[str, Any]) -> None:
    record = CURRENT_CALL.get()
    principal = None if record is None else record.principal
    LOG.info(
        "change",
        extra={
            "method": method,
            "principal": "" if principal is None else principal.name,
            "proved_by": "" if principal is None else principal.proved_by,
            "code": code,
            "reason": "" if record is None else record.reason,
            "call_id": "" if record is None else record.id,
            "change": change,
        },
    )


async def _counted(requests: AsyncIterator[Any], change: dict[str, Any]) -> AsyncIterator[Any]:
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


_ROWS: Final = "_count"


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
