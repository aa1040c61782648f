"""`allocation.v1.AllocationService`: Allocate and Quote, and the way around the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allocation.server.budget import Deadline
from allocation.server.planning import Planning
from allocation.server.unserved import unserved
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2, allocation_service_pb2_grpc


class AllocationServicer(allocation_service_pb2_grpc.AllocationServiceServicer):
    """Serves planning calls.

    Parameters
    ----------
    planning
        Answers one call.
    pool
        Where it does so.
    clock
        Monotonic seconds.
    """

    def __init__(
        self, planning: Planning, pool: WorkerPool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._planning = planning
        self._pool = pool
        self._clock = clock

    async def Allocate(  # noqa: N802
        self,
        request: allocation_service_pb2.AllocateRequest,
        context: Any,
    ) -> allocation_service_pb2.AllocateResponse:
        """Plan one order."""
        start_s = self._clock()
        deadline = Deadline.after(context.time_remaining(), self._clock)
        return await self._pool.run(lambda: self._planning.allocate(request, deadline, start_s))

    async def Quote(  # noqa: N802
        self,
        request: allocation_service_pb2.QuoteRequest,
        context: Any,
    ) -> allocation_service_pb2.QuoteResponse:
        """Return delivery options for a cart."""
        start_s = self._clock()
        deadline = Deadline.after(context.time_remaining(), self._clock)
        return await self._pool.run(lambda: self._planning.quote(request, deadline, start_s))

    AllocateBatch = unserved("/allocation.v1.AllocationService/AllocateBatch")
    GetPlan = unserved("/allocation.v1.AllocationService/GetPlan")
    CommitPlan = unserved("/allocation.v1.AllocationService/CommitPlan")
    ReleasePlan = unserved("/allocation.v1.AllocationService/ReleasePlan")
    ExtendPlan = unserved("/allocation.v1.AllocationService/ExtendPlan")
    FulfillPlan = unserved("/allocation.v1.AllocationService/FulfillPlan")
    ReallocatePlan = unserved("/allocation.v1.AllocationService/ReallocatePlan")
    ExplainPlan = unserved("/allocation.v1.AllocationService/ExplainPlan")
