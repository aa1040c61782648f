"""Errors of calls, by what a caller can do about them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status


class ServiceError(Exception):
    """A call failed.

    Attributes
    ----------
    reason
        Of the server's catalogue, such as ``"STOCK_CONFLICT"``; empty when the error comes
        from gRPC itself. Decide by it, never by the message.
    message
        What happened, with the numbers, then the way out.
    code
        Status code of gRPC.
    metadata
        Details of the reason.
    violations
        Of a request that breaks its contract: message by field.
    retry_delay_s
        When the same call may succeed; ``None`` when that would not help.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        code: grpc.StatusCode,
        metadata: Mapping[str, str] | None = None,
        violations: Mapping[str, str] | None = None,
        retry_delay_s: float | None = None,
    ) -> None:
        super().__init__(f"{reason or code.name}: {message}")
        self.reason = reason
        self.message = message
        self.code = code
        self.metadata = MappingProxyType(dict(metadata or {}))
        self.violations = MappingProxyType(dict(violations or {}))
        self.retry_delay_s = retry_delay_s


class InvalidRequestError(ServiceError):
    """The request breaks its contract; mend every field of `violations`."""


class NotFoundError(ServiceError):
    """Something that the request names is not known; register it or send it along."""


class InsufficientStockError(ServiceError):
    """There is not enough; plan again with fresh levels, excluding nothing."""


class ConflictError(ServiceError):
    """Others were faster, again and again; the same call may succeed."""


class PreconditionError(ServiceError):
    """The state does not allow it (expired, committed, ...); read it and decide anew."""


class OverloadedError(ServiceError):
    """The server takes on no more, or no more of this client, for a moment.

    Also where gRPC ended the call because too many waited to be looked at, or because the
    server was ending; it does not say which, and the same call may succeed in both cases. And
    where the call was not sent, as too many before it were refused; see `Throttling`.
    """


class UnavailableError(ServiceError):
    """The server, or its store, does not answer."""


class TimeoutExceededError(ServiceError):
    """The deadline passed; whether a write took place is unknown until it is repeated."""


class AuthenticationError(ServiceError):
    """Nothing valid says who is calling."""


class PermissionDeniedError(ServiceError):
    """The caller has no role that may do this."""


class InternalServerError(ServiceError):
    """A bug of the server; ``metadata["incident_id"]`` is in its log."""


OVERLOADED: Final = "OVERLOADED"
"""Reason of a call that a server has no room for."""

_BY_REASON: Final[Mapping[str, type[ServiceError]]] = {
    "INSUFFICIENT_STOCK": InsufficientStockError,
    "RATE_LIMITED": OverloadedError,
    OVERLOADED: OverloadedError,
}
_BY_CODE: Final[Mapping[grpc.StatusCode, type[ServiceError]]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidRequestError,
    grpc.StatusCode.NOT_FOUND: NotFoundError,
    grpc.StatusCode.ALREADY_EXISTS: PreconditionError,
    grpc.StatusCode.FAILED_PRECONDITION: PreconditionError,
    grpc.StatusCode.ABORTED: ConflictError,
    grpc.StatusCode.UNAVAILABLE: UnavailableError,
    grpc.StatusCode.DEADLINE_EXCEEDED: TimeoutExceededError,
    grpc.StatusCode.UNAUTHENTICATED: AuthenticationError,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDeniedError,
    grpc.StatusCode.INTERNAL: InternalServerError,
}


UNSEEN_DELAY_S: Final = 0.1
"""When to come again after a call that the server did not look at: as after one it refused."""

_UNSEEN: Final = (
    "the server did not look at the call: too many waited, or it was ending; try again a little "
    "later, or run more servers"
)


def service_error(error: grpc.RpcError) -> ServiceError:
    """Return what an error of a stub stands for."""
    # Every error that a stub raises is also the call it ended; the types do not say so.
    call = cast("grpc.Call", error)
    code, message = call.code(), call.details() or ""
    if code is grpc.StatusCode.CANCELLED and not call.trailing_metadata():
        # A stub does not cancel its own calls.
        return OverloadedError(OVERLOADED, _UNSEEN, code, retry_delay_s=UNSEEN_DELAY_S)
    info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
    retry = error_details_pb2.RetryInfo()
    delay_s: float | None = None
    for detail in _details(call):
        if not detail.Unpack(info) and not detail.Unpack(bad) and detail.Unpack(retry):
            delay_s = retry.retry_delay.ToTimedelta().total_seconds()
    kind = _BY_REASON.get(info.reason) or _BY_CODE.get(code, ServiceError)
    return kind(
        info.reason,
        message,
        code,
        dict(info.metadata),
        {each.field: each.description for each in bad.field_violations},
        delay_s,
    )


def _details(call: grpc.Call) -> list[error_details_pb2.ErrorInfo]:
    try:
        status = rpc_status.from_call(call)
    except ValueError:
        # A proxy on the way made a status of its own and kept the details of another.
        return []
    return [] if status is None else list(status.details)
