"""What a server's refusal says to a person, and which exit code it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, cast

import grpc
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError

_DETAILS_KEY: Final = "grpc-status-details-bin"

EXIT_CODES: Final[Mapping[grpc.StatusCode, ExitCode]] = {
    grpc.StatusCode.INVALID_ARGUMENT: ExitCode.INVALID_INPUT,
    grpc.StatusCode.NOT_FOUND: ExitCode.INVALID_INPUT,
    grpc.StatusCode.ALREADY_EXISTS: ExitCode.INVALID_INPUT,
    grpc.StatusCode.FAILED_PRECONDITION: ExitCode.INVALID_INPUT,
    grpc.StatusCode.OUT_OF_RANGE: ExitCode.INVALID_INPUT,
    grpc.StatusCode.UNAUTHENTICATED: ExitCode.INVALID_INPUT,
    grpc.StatusCode.PERMISSION_DENIED: ExitCode.INVALID_INPUT,
    grpc.StatusCode.UNIMPLEMENTED: ExitCode.INVALID_INPUT,
    grpc.StatusCode.UNAVAILABLE: ExitCode.UNREACHABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED: ExitCode.UNREACHABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED: ExitCode.UNREACHABLE,
    grpc.StatusCode.ABORTED: ExitCode.UNREACHABLE,
}
"""What is not listed is a fault: `ExitCode.INTERNAL`."""


_ABOUT_TLS: Final = (
    "one that encrypts answers only to callers that do: name who signed its certificate in "
    "SHIPFROM_CA_FILE, or set SHIPFROM_TLS=1; it may also want a certificate of yours, in "
    "SHIPFROM_CERTIFICATE_FILE and SHIPFROM_KEY_FILE"
)


@contextmanager
def shown_errors(target: str) -> Iterator[None]:
    """Turn an `grpc.RpcError` inside the block into a `CommandError`.

    Parameters
    ----------
    target
        The server that was called, for the message when it does not answer.
    """
    try:
        yield
    except grpc.RpcError as error:
        raise _command_error(error, target) from error


def _command_error(error: grpc.RpcError, target: str) -> CommandError:
    # Every error that a stub raises is also the call it ended; the types do not say so.
    call = cast("grpc.Call", error)
    code, text = call.code(), call.details() or ""
    exit_code = EXIT_CODES.get(code, ExitCode.INTERNAL)
    status = _status(call)
    if code is grpc.StatusCode.UNAVAILABLE and status is None:
        message = f"no server answers at {target} ({text}); start one with: shipfrom serve"
        return CommandError(message, exit_code, () if "refused" in text else (_ABOUT_TLS,))
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED and status is None:
        # The transport's own limit on the size of a message: trying again will not help.
        exit_code = ExitCode.INVALID_INPUT
    details = () if status is None else _details(status)
    reason = code.name if status is None else (_reason(status) or code.name)
    return CommandError(f"{reason}: {text}", exit_code, details)


def _status(call: grpc.Call) -> Status | None:
    """Return the rich status that a server sends beside the code, if it sent one."""
    for key, value in call.trailing_metadata() or ():
        if key == _DETAILS_KEY and isinstance(value, bytes):
            try:
                return Status.FromString(value)
            except DecodeError:
                return None
    return None


def _reason(status: Status) -> str | None:
    info = ErrorInfo()
    for each in status.details:
        if each.Unpack(info):
            return str(info.reason)
    return None


def _details(status: Status) -> list[str]:
    lines: list[str] = []
    bad, info, retry = BadRequest(), ErrorInfo(), RetryInfo()
    for each in status.details:
        if each.Unpack(bad):
            lines += [f"{field.field}: {field.description}" for field in bad.field_violations]
        elif each.Unpack(info):
            lines += [f"{key} = {info.metadata[key]}" for key in sorted(info.metadata)]
        elif each.Unpack(retry):
            lines.append(f"try again in {retry.retry_delay.ToTimedelta().total_seconds():g} s")
    return lines
