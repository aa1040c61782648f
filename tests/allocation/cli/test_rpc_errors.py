"""A server's refusal is shown with its reason and every violation, and gives its exit code."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_status import rpc_status

from allocation.cli.connection import connect
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.v1.allocation_service_pb2 import AllocateRequest, AllocateResponse
from allocation.v1.allocation_service_pb2_grpc import (
    AllocationServiceServicer,
    add_AllocationServiceServicer_to_server,
)


class Refusing(AllocationServiceServicer):
    """Refuses every call in the same way."""

    def __init__(self, code: grpc.StatusCode, *details: Any) -> None:
        self._code = code
        self._details = details

    def Allocate(self, request: AllocateRequest, context: Any) -> AllocateResponse:
        if not self._details:
            context.abort(self._code, "no reason given")
        status = Status(code=self._code.value[0], message="2 problem(s)")
        for detail in self._details:
            status.details.add().Pack(detail)
        context.abort_with_status(rpc_status.to_status(status))
        return AllocateResponse()


def refusal(code: grpc.StatusCode, *details: Any) -> CommandError:
    """Return what a person is told when a server refuses like this."""
    server = grpc.server(ThreadPoolExecutor(1))
    servicer = Refusing(code, *details)  # type: ignore[abstract]
    add_AllocationServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with pytest.raises(CommandError) as caught, connect(f"127.0.0.1:{port}") as connection:
            connection.allocation.Allocate(AllocateRequest(), timeout=5)
        return caught.value
    finally:
        server.stop(None).wait()


def test_every_violation_is_shown_with_its_path() -> None:
    bad = BadRequest()
    bad.field_violations.add(field="order.lines[0].quantity", description="is 0")
    bad.field_violations.add(field="order.id", description="is missing")
    info = ErrorInfo(reason="INVALID_REQUEST", metadata={"count": "2"})
    error = refusal(grpc.StatusCode.INVALID_ARGUMENT, info, bad)
    assert error.code is ExitCode.INVALID_INPUT
    assert error.text().splitlines() == [
        "error: INVALID_REQUEST: 2 problem(s)",
        "  count = 2",
        "  order.lines[0].quantity: is 0",
        "  order.id: is missing",
    ]


def test_when_to_try_again_is_shown() -> None:
    retry = RetryInfo(retry_delay=Duration(nanos=250_000_000))
    error = refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, ErrorInfo(reason="OVERLOADED"), retry)
    assert error.code is ExitCode.UNREACHABLE
    assert error.details == ("try again in 0.25 s",)


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        (grpc.StatusCode.NOT_FOUND, ExitCode.INVALID_INPUT),
        (grpc.StatusCode.FAILED_PRECONDITION, ExitCode.INVALID_INPUT),
        (grpc.StatusCode.UNIMPLEMENTED, ExitCode.INVALID_INPUT),
        (grpc.StatusCode.ABORTED, ExitCode.UNREACHABLE),
        (grpc.StatusCode.DEADLINE_EXCEEDED, ExitCode.UNREACHABLE),
        (grpc.StatusCode.INTERNAL, ExitCode.INTERNAL),
        (grpc.StatusCode.UNKNOWN, ExitCode.INTERNAL),
        # Without details it is the transport that refuses a message for its size.
        (grpc.StatusCode.RESOURCE_EXHAUSTED, ExitCode.INVALID_INPUT),
    ],
)
def test_each_status_has_its_exit_code(code: grpc.StatusCode, exit_code: ExitCode) -> None:
    error = refusal(code)
    assert error.code is exit_code
    assert code.name in error.message


def test_a_server_that_is_not_there_is_named_with_the_way_out() -> None:
    with pytest.raises(CommandError) as caught, connect("127.0.0.1:1") as connection:
        connection.allocation.Allocate(AllocateRequest(), timeout=5)
    assert caught.value.code is ExitCode.UNREACHABLE
    assert "127.0.0.1:1" in caught.value.message
    assert "shipfrom serve" in caught.value.message


def test_a_server_that_encrypts_is_thought_of_where_a_connection_is_cut() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut() -> None:
            while True:
                try:
                    listener.accept()[0].close()
                except OSError:
                    return

        cutter = Thread(target=cut)
        cutter.start()
        target = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(CommandError) as caught, connect(target) as connection:
            connection.allocation.Allocate(AllocateRequest(), timeout=5)
        listener.shutdown(socket.SHUT_RDWR)
        cutter.join()
    assert caught.value.code is ExitCode.UNREACHABLE
    assert "SHIPFROM_CA_FILE" in caught.value.text()


def test_where_nobody_listens_a_server_is_to_be_started() -> None:
    with pytest.raises(CommandError) as caught, connect("127.0.0.1:1") as connection:
        connection.allocation.Allocate(AllocateRequest(), timeout=5)
    assert "shipfrom serve" in caught.value.text()
    assert "SHIPFROM_CA_FILE" not in caught.value.text()
