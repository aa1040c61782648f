"""Makes calls: with a deadline, an id, and again where that is safe and of use."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeVar
from uuid import uuid4

import grpc

from allocation.client.errors import (
    OVERLOADED,
    ServiceError,
    TimeoutExceededError,
    service_error,
)
from allocation.client.retries import Retries
from allocation.client.throttle import Throttle, Throttling
from allocation.v1 import allocation_service_pb2 as pb

R = TypeVar("R")

LEAST_LEFT_S: Final = 0.05
"""No further attempt with less than this left: a server needs 20 ms of it for the way back."""


class Caller:
    """Makes the calls of one client.

    Every call may be made again: what changes something has a ``request_id``, under which
    the server does it once, however often it is asked. Requests without one get one.

    Parameters
    ----------
    timeout_s
        Seconds for a call with all its attempts, unless a call says otherwise.
    retries
        When to make a call again.
    throttling
        When not to send a call that plans; ``None``: always send it.
    """

    def __init__(
        self, timeout_s: float, retries: Retries, throttling: Throttling | None = None
    ) -> None:
        self._timeout_s = timeout_s
        self._retries = retries
        self._throttling = throttling

    def throttle(self) -> Throttle | None:
        """Return what counts the calls of one method; ``None`` if nothing is to be held back."""
        return None if self._throttling is None else Throttle(self._throttling)

    def unary(
        self,
        method: Callable[..., R],
        request: Any,
        timeout_s: float | None,
        throttle: Throttle | None = None,
    ) -> R:
        """Call a method that takes one message.

        Parameters
        ----------
        throttle
            That of the method; an attempt that it does not let pass has failed like one that
            the server refuses.

        Raises
        ------
        ServiceError
            When the last attempt fails, or the deadline passes.
        """
        identified = _with_id(request)
        return self._again(lambda left_s: method(identified, timeout=left_s), timeout_s, throttle)

    def stream(
        self,
        method: Callable[..., R],
        requests: Callable[[], Iterable[Any]],
        timeout_s: float | None,
    ) -> R:
        """Call a method that takes a stream; `requests` gives it anew for every attempt."""
        return self._again(lambda left_s: method(iter(requests()), timeout=left_s), timeout_s)

    def watch(self, method: Callable[..., Iterable[R]], request: Any) -> Iterator[R]:
        """Call a method that answers with a stream, for as long as the caller reads."""
        try:
            yield from method(request)
        except grpc.RpcError as error:
            raise service_error(error) from error

    def _again(
        self,
        call: Callable[[float], R],
        timeout_s: float | None,
        throttle: Throttle | None = None,
    ) -> R:
        end_s = time.monotonic() + (self._timeout_s if timeout_s is None else timeout_s)
        attempt = 0
        last: ServiceError | None = None
        while True:
            attempt += 1
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                raise last or _no_time()
            try:
                return _once(call, left_s, throttle)
            except ServiceError as error:
                last = _what_counts(last, error)
                pause_s = self._retries.pause_s(last, attempt)
                if pause_s is None or time.monotonic() + pause_s + LEAST_LEFT_S >= end_s:
                    raise last from error.__cause__
            time.sleep(pause_s)


def _once(call: Callable[[float], R], left_s: float, throttle: Throttle | None) -> R:
    """Make one attempt; have the throttle count what the server said."""
    if throttle is not None:
        throttle.check()
    try:
        answer = call(left_s)
    except grpc.RpcError as error:
        failure = service_error(error)
        if throttle is not None and failure.reason:
            # Without a reason nobody looked at it, which says nothing about how busy they are.
            throttle.note(refused=failure.reason == OVERLOADED)
        raise failure from error
    if throttle is not None:
        throttle.note(refused=False)
    return answer


def _what_counts(before: ServiceError | None, now: ServiceError) -> ServiceError:
    """Return what an attempt failed of; that it came too late says less than what kept it."""
    return before if before is not None and now.reason == "NO_PLAN_IN_TIME" else now


def _no_time() -> ServiceError:
    message = "no time was left for the call; give it a longer timeout"
    return TimeoutExceededError("", message, grpc.StatusCode.DEADLINE_EXCEEDED)


def _with_id(request: Any) -> Any:
    """Return a request with an id, a copy if it had none; the caller's stays as it is."""
    if "request_id" not in request.DESCRIPTOR.fields_by_name or request.request_id:
        return request
    only_plans = isinstance(request, pb.AllocateRequest) and request.mode != pb.ALLOCATE_MODE_HOLD
    if only_plans:
        # It changes nothing, and without an id the same decision keeps the same plan id.
        return request
    identified = type(request)()
    identified.CopyFrom(request)
    identified.request_id = str(uuid4())
    return identified
