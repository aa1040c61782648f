"""However calls of a planning method end, all are told of once, and nothing of them is left."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest
from grpc import aio

from allocation.errors import NoPlanInTimeError
from allocation.server.calls import CallRecord, current_call_id
from allocation.server.intake import Intake
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc
from tests.allocation.server.accepting_server import started, until
from tests.allocation.server.samples import allocate_request

CALLS = 400
SECONDS = 0.12


class Fickle(allocation_service_pb2_grpc.AllocationServiceServicer):
    """Answers or fails, at once or later, by chance; says when a call sees another one's id."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.mixed_up: list[tuple[str, str]] = []

    async def Allocate(self, request: pb.AllocateRequest, context: Any) -> pb.AllocateResponse:
        rng, call_id = self._rng, current_call_id()
        for _ in range(rng.randrange(3)):
            await asyncio.sleep(rng.choice((0, 0.001, SECONDS * rng.random())))
            if current_call_id() != call_id:
                self.mixed_up.append((current_call_id(), call_id))
        match rng.randrange(4):
            case 0:
                raise NoPlanInTimeError("no")
            case 1:
                raise ValueError("a bug")
        return pb.AllocateResponse()


class Counting:
    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()
        self.told_of = 0

    def began(self, record: CallRecord, context: Any) -> None:
        self.calls[record.id] += 1

    def ended(self, record: CallRecord, code: str, duration_s: float) -> None:
        self.calls[record.id] -= 1
        self.codes[code] += 1

    def told(self) -> None:
        self.told_of = self.codes.total()

    def refused_unread(self, method: str, count: int) -> None:
        raise AssertionError(method)


@pytest.mark.parametrize("grace_s", [30.0, 0.02], ids=["drained", "cut"])
async def test_however_calls_end_nothing_of_them_is_left(grace_s: float) -> None:
    rng = random.Random(20261127)
    counting, intake, servicer = Counting(), Intake(), Fickle(rng)  # type: ignore[abstract]
    server, target, acceptors = await started(servicer, intake, [counting])

    async def call(stub: Any) -> str:
        await asyncio.sleep(SECONDS * 4 * rng.random())
        timeout = rng.choice((None, 0.0, SECONDS * rng.random()))
        made = stub.Allocate(allocate_request(), timeout=timeout)
        if rng.random() < 0.3:
            asyncio.get_running_loop().call_later(SECONDS * rng.random(), made.cancel)
        try:
            await made
        except aio.AioRpcError as error:
            return error.code().name
        except asyncio.CancelledError:
            return "CANCELLED"
        return "OK"

    async with aio.insecure_channel(target) as channel:
        stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        calls = asyncio.gather(*(call(stub) for _ in range(CALLS)))
        if grace_s > 1:
            found = Counter(await calls)
            assert set(found) <= {"OK", "CANCELLED", "DEADLINE_EXCEEDED", "INTERNAL"}
            assert min(found["OK"], found["CANCELLED"], found["INTERNAL"]) > 0
        else:
            await asyncio.sleep(SECONDS * 2)
        await server.stop(grace_s)
        await calls
    await until(lambda: not acceptors.running)
    assert intake.taken_on == 0
    assert servicer.mixed_up == []
    assert set(counting.calls.values()) == {0}
    await until(lambda: counting.told_of == len(counting.calls))
    assert "UNKNOWN" not in counting.codes
