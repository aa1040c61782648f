"""Errors become statuses: typed ones with their details, bugs with an incident id."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, NoReturn
from uuid import uuid4

from google.rpc import status_pb2
from grpc import aio
from grpc_status import rpc_status

from allocation.errors import EngineError, InvalidRequestError
from allocation.server.calls import CALL_ID_KEY, current_call_id, set_reason
from allocation.server.errors import incident_status, status_of
from allocation.server.interceptors.wrap import AroundEveryCall
from routing.errors import InvalidInputError

LOG: Final = logging.getLogger("allocation.server")


class ErrorInterceptor(AroundEveryCall):
    """Answers every error with a status of the catalogue."""

    def around(self, method: str, context: Any) -> AbstractAsyncContextManager[None]:
        """Return what turns errors of the call into statuses."""
        return _mapped(method, context)


@asynccontextmanager
async def _mapped(method: str, context: Any) -> AsyncIterator[None]:
    try:
        yield
    except (aio.AbortError, asyncio.CancelledError, GeneratorExit):
        raise
    except EngineError as error:
        await _abort(context, status_of(error), error.reason)
    except InvalidInputError as error:
        await _abort(context, status_of(InvalidRequestError(error.violations)), "INVALID_REQUEST")
    except Exception:  # the last line of defence: whatever it is, the caller gets an id
        incident_id = uuid4().hex[:12]
        LOG.exception(
            "internal error",
            extra={"incident_id": incident_id, "method": method, "call_id": current_call_id()},
        )
        await _abort(context, incident_status(incident_id), "INTERNAL")


async def _abort(context: Any, status: status_pb2.Status, reason: str) -> NoReturn:
    set_reason(reason)
    answer = rpc_status.to_status(status)
    # These replace the trailers set so far, so the id has to come along.
    trailers = (*answer.trailing_metadata, (CALL_ID_KEY, current_call_id()))
    await context.abort(answer.code, answer.details, trailers)
    raise AssertionError("abort always raises")
