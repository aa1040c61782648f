"""From errors to gRPC statuses with `google.rpc` details (AIP-193)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

from allocation.errors import EngineError, RateLimitedError
from routing.errors import Violation

DOMAIN: Final = "shipfrom.dev"

# gRPC sends a status in trailers, and clients refuse trailers of more than 8 KiB; binary
# details grow by a third on the way and a message that is not ASCII by up to three times.
MOST_MESSAGE_BYTES: Final = 500
MOST_METADATA_BYTES: Final = 600
MOST_DETAILS_BYTES: Final = 4_000
MOST_DESCRIPTION_BYTES: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """How a reason is answered.

    Attributes
    ----------
    code
        gRPC status code.
    retry_delay_ms
        When the same call may be tried again; ``None`` when that would not help.
    """

    code: grpc.StatusCode
    retry_delay_ms: int | None = None


ANSWERS: Final[Mapping[str, Answer]] = MappingProxyType(
    {
        "INVALID_REQUEST": Answer(grpc.StatusCode.INVALID_ARGUMENT),
        "REQUEST_TOO_LARGE": Answer(grpc.StatusCode.INVALID_ARGUMENT),
        "UNKNOWN_ITEM": Answer(grpc.StatusCode.NOT_FOUND),
        "UNKNOWN_LOCATION": Answer(grpc.StatusCode.NOT_FOUND),
        "UNKNOWN_RATE_CARD": Answer(grpc.StatusCode.NOT_FOUND),
        "UNKNOWN_RULE_SET": Answer(grpc.StatusCode.NOT_FOUND),
        "PLAN_NOT_FOUND": Answer(grpc.StatusCode.NOT_FOUND),
        "REQUEST_ID_REUSED": Answer(grpc.StatusCode.ALREADY_EXISTS),
        "INSUFFICIENT_STOCK": Answer(grpc.StatusCode.FAILED_PRECONDITION),
        "PLAN_EXPIRED": Answer(grpc.StatusCode.FAILED_PRECONDITION),
        "PLAN_NOT_COMMITTED": Answer(grpc.StatusCode.FAILED_PRECONDITION),
        "PLAN_ALREADY_COMMITTED": Answer(grpc.StatusCode.FAILED_PRECONDITION),
        "PLAN_ALREADY_RELEASED": Answer(grpc.StatusCode.FAILED_PRECONDITION),
        "PLAN_ALREADY_FULFILLED": Answer(grpc.StatusCode.FAILED_PRECONDITION),
        "ETAG_MISMATCH": Answer(grpc.StatusCode.FAILED_PRECONDITION),
        "RULES_INVALID": Answer(grpc.StatusCode.FAILED_PRECONDITION),
        "NETWORK_EMPTY": Answer(grpc.StatusCode.FAILED_PRECONDITION),
        "STOCK_CONFLICT": Answer(grpc.StatusCode.ABORTED, retry_delay_ms=50),
        "LEDGER_UNAVAILABLE": Answer(grpc.StatusCode.UNAVAILABLE, retry_delay_ms=1_000),
        "OVERLOADED": Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, retry_delay_ms=250),
        "NO_PLAN_IN_TIME": Answer(grpc.StatusCode.DEADLINE_EXCEEDED),
        "NOT_IMPLEMENTED": Answer(grpc.StatusCode.UNIMPLEMENTED),
        "INTERNAL": Answer(grpc.StatusCode.INTERNAL),
        "RATE_LIMITED": Answer(grpc.StatusCode.RESOURCE_EXHAUSTED, retry_delay_ms=1_000),
        "UNAUTHENTICATED": Answer(grpc.StatusCode.UNAUTHENTICATED),
        "PERMISSION_DENIED": Answer(grpc.StatusCode.PERMISSION_DENIED),
    }
)
"""By the reason of the catalogue, ``protos/allocation/v1/error_reason.proto``."""


def status_of(error: EngineError) -> status_pb2.Status:
    """Return the status of an error that is meant for the caller."""
    delay_ms = None
    if isinstance(error, RateLimitedError):
        delay_ms = max(1, round(error.wait_s * 1_000))
    return build_status(error.reason, error.message, error.metadata, error.violations, delay_ms)


def incident_status(incident_id: str) -> status_pb2.Status:
    """Return the status of a bug: an id that is also in the log, and nothing else."""
    message = f"an internal error occurred; its details are in the server's log: {incident_id}"
    return build_status("INTERNAL", message, {"incident_id": incident_id})


def build_status(
    reason: str,
    message: str,
    metadata: Mapping[str, str] | None = None,
    violations: Iterable[Violation] = (),
    retry_delay_ms: int | None = None,
) -> status_pb2.Status:
    """Return a status with `ErrorInfo`, and `BadRequest` and `RetryInfo` where they apply.

    Violations beyond what fits into trailers are counted in the metadata. `retry_delay_ms`
    takes the place of the reason's own delay.
    """
    answer = ANSWERS[reason]
    delay_ms = answer.retry_delay_ms if retry_delay_ms is None else retry_delay_ms
    info = error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN)
    for key, value in (metadata or {}).items():
        info.metadata[key] = _cut(value, MOST_METADATA_BYTES)
    details = []
    found = list(violations)
    if found:
        room = MOST_DETAILS_BYTES - info.ByteSize()
        bad_request, shown = _bad_request(found, room)
        if shown < len(found):
            info.metadata["violations"] = str(len(found))
            info.metadata["violations_shown"] = str(shown)
        details.append(_any(bad_request))
    if delay_ms is not None:
        retry = error_details_pb2.RetryInfo()
        retry.retry_delay.FromMilliseconds(delay_ms)
        details.append(_any(retry))
    return status_pb2.Status(
        code=int(answer.code.value[0]),
        message=_cut(message, MOST_MESSAGE_BYTES),
        details=[_any(info), *details],
    )


def _bad_request(
    violations: list[Violation], room_bytes: int
) -> tuple[error_details_pb2.BadRequest, int]:
    bad_request = error_details_pb2.BadRequest()
    for count, violation in enumerate(violations):
        entry = error_details_pb2.BadRequest.FieldViolation(
            field=_cut(violation.path, MOST_DESCRIPTION_BYTES),
            description=_cut(violation.message, MOST_DESCRIPTION_BYTES),
        )
        room_bytes -= entry.ByteSize() + 4
        if room_bytes < 0 and count:
            return bad_request, count
        bad_request.field_violations.append(entry)
    return bad_request, len(violations)


def _any(detail: error_details_pb2.ErrorInfo) -> any_pb2.Any:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed


def _cut(text: str, most_bytes: int) -> str:
    encoded = text.encode()
    if len(encoded) <= most_bytes:
        return text
    return f"{encoded[: most_bytes - 3].decode(errors='ignore')}..."
