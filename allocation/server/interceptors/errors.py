"""Errors become statuses: typed ones with their details, bugs with an incident id."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final
from uuid import uuid4

from google.rpc import status_pb2
from grpc import aio
from grpc_status import rpc_status

from allocation.engine_api import WrongPlanError
from allocation.errors import EngineError, InvalidRequestError
from allocation.server.budget import is_too_late
from allocation.server.calls import CALL_ID_KEY, CallRecord
from allocation.server.errors import incident_status, status_of
from routing.errors import InvalidInputError

LOG: Final = logging.getLogger("allocation.server")

PASSED_ON: Final = (aio.AbortError, asyncio.CancelledError, GeneratorExit)
"""What ends a call without being an error of it."""


async def answer_error(error: Exception, record: CallRecord, context: Any) -> None:
    """End a call with the status of an error; raises what gRPC wants raised."""
    if isinstance(error, EngineError):
        record.reason = error.reason
        await _abort(context, status_of(error), record)
    elif isinstance(error, InvalidInputError):
        record.reason = InvalidRequestError.reason
        await _abort(context, status_of(InvalidRequestError(error.violations)), record)
    else:
        # The last line of defence: whatever it is, the caller gets an id.
        incident_id = uuid4().hex[:12]
        LOG.error(
            "internal error",
            exc_info=error,
            extra={"incident_id": incident_id, "method": record.method, "call_id": record.id},
        )
        record.reason = "INTERNAL"
        record.wrong_plan = isinstance(error, WrongPlanError)
        await _abort(context, incident_status(incident_id), record)


async def _abort(context: Any, status: status_pb2.Status, record: CallRecord) -> None:
    if is_too_late(context):
        # As of a call whose caller gave up, which it is.
        raise asyncio.CancelledError
    answer = rpc_status.to_status(status)
    # These replace the trailers set so far, so the id has to come along.
    trailers = (*answer.trailing_metadata, (CALL_ID_KEY, record.id))
    await context.abort(answer.code, answer.details, trailers)
