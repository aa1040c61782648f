"""Callers that give up are noticed, but not at the cost of calls that are answered at once."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from grpc import aio

from allocation.errors import NoPlanInTimeError
from allocation.server import patience
from allocation.server.intake import Intake
from allocation.server.patience import LOOK_EVERY_S, Patience
from allocation.server.unary_call import UnaryCall
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc
from tests.allocation.server.accepting_server import serving, until
from tests.allocation.server.samples import allocate_request


class Call:
    def __init__(self) -> None:
        self.watched = 0

    def give_way(self) -> None:
        pass

    async def watch(self) -> None:
        self.watched += 1


def watching() -> tuple[Patience, list[Call]]:
    calls = [Call(), Call()]
    return Patience(asyncio.ensure_future), calls


async def test_a_call_that_is_soon_over_is_not_watched() -> None:
    watch, (soon, later) = watching()
    for call in (soon, later):
        watch.add(cast("UnaryCall", call))
    watch.discard(cast("UnaryCall", soon))
    await until(lambda: later.watched)
    assert (soon.watched, later.watched) == (0, 1)


async def test_a_call_is_watched_once_however_long_it_takes() -> None:
    watch, (call, later) = watching()
    watch.add(cast("UnaryCall", call))
    await asyncio.sleep(3 * LOOK_EVERY_S)
    watch.add(cast("UnaryCall", later))
    await until(lambda: later.watched)
    assert call.watched == 1


async def test_calls_are_watched_from_their_beginning_after_somebody_gave_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY_S", 60.0)
    monkeypatch.setattr(patience, "CLOSELY_S", 60.0)
    watch, (before, after) = watching()
    watch.add(cast("UnaryCall", before))
    watch.lose()
    watch.add(cast("UnaryCall", after))
    await until(lambda: after.watched)
    assert (before.watched, after.watched) == (0, 1)


async def test_that_is_over_when_nobody_gives_up_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY_S", 60.0)
    monkeypatch.setattr(patience, "CLOSELY_S", 0.0)
    watch, (call, _) = watching()
    watch.lose()
    watch.add(cast("UnaryCall", call))
    await asyncio.sleep(0.01)
    assert call.watched == 0


class Slow(allocation_service_pb2_grpc.AllocationServiceServicer):
    """Answers when it is told to, and says how its calls ended."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.begun = asyncio.Event()
        self.ended: list[str] = []
        self.error: Exception | None = None

    async def Allocate(self, request: pb.AllocateRequest, context: Any) -> pb.AllocateResponse:
        self.begun.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.ended.append("cancelled")
            raise
        self.ended.append("answered")
        if self.error is not None:
            raise self.error
        return pb.AllocateResponse()


async def test_a_call_whose_caller_gives_up_is_cancelled() -> None:
    servicer = Slow()  # type: ignore[abstract]  # one method is enough
    async with serving(servicer, Intake()) as (stub, _):
        call = stub.Allocate(allocate_request())
        await servicer.begun.wait()
        call.cancel()
        await until(lambda: servicer.ended)
    assert servicer.ended == ["cancelled"]


async def test_a_call_that_is_watched_is_answered_all_the_same() -> None:
    servicer = Slow()  # type: ignore[abstract]  # one method is enough
    async with serving(servicer, Intake()) as (stub, _):
        call = stub.Allocate(allocate_request())
        await servicer.begun.wait()
        await asyncio.sleep(4 * LOOK_EVERY_S)
        servicer.go.set()
        assert await call == pb.AllocateResponse()
    assert servicer.ended == ["answered"]


async def test_a_caller_that_is_gone_before_anybody_looks_ends_no_other_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY_S", 60.0)
    servicer = Slow()  # type: ignore[abstract]  # one method is enough
    async with serving(servicer, Intake()) as (stub, _):
        gone, waits = stub.Allocate(allocate_request()), stub.Allocate(allocate_request())
        await servicer.begun.wait()
        gone.cancel()
        await asyncio.sleep(0.05)
        servicer.go.set()
        assert await waits == pb.AllocateResponse()
        await until(lambda: len(servicer.ended) == 2)
    assert servicer.ended == ["answered", "answered"]


async def test_an_error_that_cannot_be_sent_makes_a_server_watch_closely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY_S", 60.0)
    lost: list[None] = []
    monkeypatch.setattr(Patience, "lose", lambda _: lost.append(None))
    servicer = Slow()  # type: ignore[abstract]  # one method is enough
    servicer.error = NoPlanInTimeError("none", {})
    async with serving(servicer, Intake()) as (stub, _):
        call = stub.Allocate(allocate_request())
        await servicer.begun.wait()
        call.cancel()
        # Until the server's core has heard of it.
        await asyncio.sleep(0.2)
        servicer.go.set()
        await until(lambda: lost)
    assert servicer.ended == ["answered"]


async def test_to_a_caller_whose_time_is_over_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # It would be work for nobody, and gRPC's core would keep an error for ever.
    monkeypatch.setattr(patience, "LOOK_EVERY_S", 60.0)
    sent: list[object] = []

    async def noting(_: UnaryCall, *operations: object) -> None:
        sent.extend(operations)

    monkeypatch.setattr(UnaryCall, "_execute", noting)
    servicer = Slow()  # type: ignore[abstract]  # one method is enough
    async with serving(servicer, Intake()) as (stub, _):
        call = stub.Allocate(allocate_request(), timeout=0.2)
        await servicer.begun.wait()
        with pytest.raises(aio.AioRpcError, match="DEADLINE_EXCEEDED"):
            await call
        await asyncio.sleep(0.2)
        servicer.go.set()
        await until(lambda: servicer.ended)
    assert (servicer.ended, sent) == (["answered"], [])
