"""What a throttle holds back is an attempt that failed; only calls that plan are held back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from allocation.client import OverloadedError, Retries, Throttling, UnavailableError
from allocation.client.allocation_calls import AllocationCalls
from allocation.client.caller import Caller
from allocation.client.throttle import Throttle
from allocation.v1 import allocation_service_pb2 as pb

TIMEOUT_S = 30.0
MANY = 200
SLOW_TO_FORGET = Throttling(memory_s=3_600)
"""So that what is counted does not depend on how fast the machine is."""


class Failed(grpc.RpcError):
    """An error of a stub."""

    def __init__(self, code: grpc.StatusCode) -> None:
        super().__init__()
        self._code = code

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return ""

    def trailing_metadata(self) -> tuple[()]:
        return ()


class Channel:
    """Stands in for one: every call ends with the same status."""

    def __init__(self, code: grpc.StatusCode) -> None:
        self.code = code
        self.calls = 0

    def unary_unary(self, *_: Any, **__: Any) -> Any:
        def call(_request: Any, timeout: float) -> pb.AllocateResponse:
            assert 0 < timeout <= TIMEOUT_S
            self.calls += 1
            if self.code is grpc.StatusCode.OK:
                return pb.AllocateResponse()
            raise Failed(self.code)

        return call


def calls_over(channel: Channel, attempts: int, throttling: Throttling | None) -> AllocationCalls:
    retries = Retries(attempts, first_pause_s=0.001, most_pause_s=0.001)
    return AllocationCalls(channel, Caller(TIMEOUT_S, retries, throttling))  # type: ignore[arg-type]


def outcomes(calls: AllocationCalls, count: int) -> Iterator[OverloadedError | None]:
    for _ in range(count):
        try:
            calls.allocate(pb.AllocateRequest())
            yield None
        except OverloadedError as error:
            yield error


def test_calls_are_held_back_while_the_server_refuses_them() -> None:
    # What gRPC's core ends without a word counts like what the server refuses.
    channel = Channel(grpc.StatusCode.CANCELLED)
    calls = calls_over(channel, 1, SLOW_TO_FORGET)
    found = list(outcomes(calls, MANY))
    held_back = [each for each in found if each is not None and "not sent" in each.message]
    assert all(each is not None for each in found)
    assert len(held_back) + channel.calls == MANY
    assert len(held_back) > MANY / 2


def test_all_are_sent_where_nothing_is_to_be_held_back() -> None:
    channel = Channel(grpc.StatusCode.CANCELLED)
    assert all(outcomes(calls_over(channel, 1, None), MANY))
    assert channel.calls == MANY


def test_what_was_held_back_is_tried_again_like_what_was_refused() -> None:
    class Twice(Throttle):
        """Holds two calls back, whatever was counted."""

        left = 2

        def check(self) -> None:
            if self.left:
                self.left -= 1
                raise OverloadedError(
                    "OVERLOADED", "not sent", grpc.StatusCode.RESOURCE_EXHAUSTED, retry_delay_s=0.01
                )

    throttle = Twice(SLOW_TO_FORGET)
    method = Channel(grpc.StatusCode.OK).unary_unary()
    caller = Caller(TIMEOUT_S, Retries(3))
    assert caller.unary(method, pb.AllocateRequest(), None, throttle) == pb.AllocateResponse()
    assert throttle.left == 0
    throttle.left = 3
    with pytest.raises(OverloadedError, match="not sent"):
        caller.unary(method, pb.AllocateRequest(), None, throttle)


def test_to_commit_and_to_give_back_is_never_held_back() -> None:
    channel = Channel(grpc.StatusCode.CANCELLED)
    calls = calls_over(channel, 1, SLOW_TO_FORGET)
    all(outcomes(calls, MANY))
    channel.calls = 0
    for _ in range(MANY):
        with pytest.raises(OverloadedError):
            calls.commit_plan(pb.CommitPlanRequest())
        with pytest.raises(OverloadedError):
            calls.release_plan(pb.ReleasePlanRequest())
    assert channel.calls == 2 * MANY


def test_a_server_that_is_not_there_is_asked_every_time() -> None:
    channel = Channel(grpc.StatusCode.UNAVAILABLE)
    calls = calls_over(channel, 1, SLOW_TO_FORGET)
    for _ in range(MANY):
        with pytest.raises(UnavailableError):
            calls.allocate(pb.AllocateRequest())
    assert channel.calls == MANY
