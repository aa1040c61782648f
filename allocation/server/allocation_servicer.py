"""`allocation.v1.AllocationService`."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from allocation.server.allocating import Allocating
from allocation.server.budget import Deadline
from allocation.server.codec.plain_request import PlainRequest
from allocation.server.explaining import Explaining
from allocation.server.plan_calls import PlanCalls
from allocation.server.reallocating import Reallocating
from allocation.server.replaying import Replaying
from allocation.server.unserved import unserved
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc


class AllocationServicer(allocation_service_pb2_grpc.AllocationServiceServicer):
    """Serves planning calls, and stored plans.

    Parameters
    ----------
    allocating
        Plans, and holds what was planned.
    plans
        Takes stored plans through their states.
    reallocating
        Makes stored plans anew.
    replaying
        Makes recorded decisions again.
    explaining
        Says why they came out as they did.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        allocating: Allocating,
        plans: PlanCalls,
        reallocating: Reallocating,
        replaying: Replaying,
        explaining: Explaining,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allocating = allocating
        self._plans = plans
        self._reallocating = reallocating
        self._replaying = replaying
        self._explaining = explaining
        self._clock = clock

    # Requests are read as `readers` says. An answer that is bytes already is sent as it is; see
    # `interceptors.wrap`.
    def Allocate(  # type: ignore[override]  # noqa: N802
        self, request: pb.AllocateRequest | PlainRequest, context: Any
    ) -> Awaitable[pb.AllocateResponse | bytes]:
        """Plan one order and, if asked to, hold its stock."""
        start_s = self._clock()
        deadline = Deadline.after(context.time_remaining(), self._clock)
        return self._allocating.allocate(request, deadline, start_s)

    async def Quote(  # noqa: N802
        self, request: pb.QuoteRequest, context: Any
    ) -> pb.QuoteResponse:
        """Return delivery options for a cart."""
        start_s = self._clock()
        deadline = Deadline.after(context.time_remaining(), self._clock)
        return await self._allocating.quote(request, deadline, start_s)

    async def GetPlan(  # noqa: N802
        self,
        request: pb.GetPlanRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.GetPlanResponse:
        """Return a stored plan."""
        return pb.GetPlanResponse(plan=await self._plans.get(request))

    async def CommitPlan(  # noqa: N802
        self,
        request: pb.CommitPlanRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.CommitPlanResponse:
        """Turn a hold into a commitment."""
        return pb.CommitPlanResponse(plan=await self._plans.commit(request))

    async def ReleasePlan(  # noqa: N802
        self,
        request: pb.ReleasePlanRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ReleasePlanResponse:
        """Give stock back."""
        return pb.ReleasePlanResponse(plan=await self._plans.release(request))

    async def ExtendPlan(  # noqa: N802
        self,
        request: pb.ExtendPlanRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ExtendPlanResponse:
        """Move the expiry of a hold."""
        return pb.ExtendPlanResponse(plan=await self._plans.extend(request))

    async def FulfillPlan(  # noqa: N802
        self,
        request: pb.FulfillPlanRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.FulfillPlanResponse:
        """Record that stock has left."""
        return pb.FulfillPlanResponse(plan=await self._plans.fulfill(request))

    async def ReallocatePlan(  # noqa: N802
        self, request: pb.ReallocatePlanRequest, context: Any
    ) -> pb.ReallocatePlanResponse:
        """Plan again after a location refused or could not pick."""
        start_s = self._clock()
        deadline = Deadline.after(context.time_remaining(), self._clock)
        return await self._reallocating.reallocate(request, deadline, start_s)

    async def ReplayPlan(  # noqa: N802
        self, request: pb.ReplayPlanRequest, context: Any
    ) -> pb.ReplayPlanResponse:
        """Make a recorded decision again and compare."""
        deadline = Deadline.after(context.time_remaining(), self._clock)
        return await self._replaying.replay(request, deadline)

    async def ExplainPlan(  # noqa: N802
        self, request: pb.ExplainPlanRequest, context: Any
    ) -> pb.ExplainPlanResponse:
        """Say why a plan is as it is, and what other choices would cost."""
        deadline = Deadline.after(context.time_remaining(), self._clock)
        return await self._explaining.explain(request, deadline)

    AllocateBatch = unserved("/allocation.v1.AllocationService/AllocateBatch")
