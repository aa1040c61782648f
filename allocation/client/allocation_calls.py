"""`allocation.v1.AllocationService`: plans, and what becomes of them."""

from __future__ import annotations

import grpc

from allocation.client.caller import Caller
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc


class AllocationCalls:
    """Methods of the service; each takes its request and returns its response.

    `timeout_s` holds for all attempts together; the client's by default.
    """

    def __init__(self, channel: grpc.Channel, caller: Caller) -> None:
        self._stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        self._caller = caller
        # Calls that a server refuses when it has no room. Others may be worth more: to commit a
        # plan, or to give stock back, is never held back.
        self._allocates, self._quotes = caller.throttle(), caller.throttle()

    def allocate(
        self, request: pb.AllocateRequest, *, timeout_s: float | None = None
    ) -> pb.AllocateResponse:
        """Plan an order; with ALLOCATE_MODE_HOLD, its stock is held."""
        return self._caller.unary(self._stub.Allocate, request, timeout_s, self._allocates)

    def quote(
        self, request: pb.QuoteRequest, *, timeout_s: float | None = None
    ) -> pb.QuoteResponse:
        """Return delivery options for a cart."""
        return self._caller.unary(self._stub.Quote, request, timeout_s, self._quotes)

    def get_plan(
        self, request: pb.GetPlanRequest, *, timeout_s: float | None = None
    ) -> pb.GetPlanResponse:
        """Return a stored plan."""
        return self._caller.unary(self._stub.GetPlan, request, timeout_s)

    def commit_plan(
        self, request: pb.CommitPlanRequest, *, timeout_s: float | None = None
    ) -> pb.CommitPlanResponse:
        """Turn a hold into a commitment."""
        return self._caller.unary(self._stub.CommitPlan, request, timeout_s)

    def release_plan(
        self, request: pb.ReleasePlanRequest, *, timeout_s: float | None = None
    ) -> pb.ReleasePlanResponse:
        """Give stock back."""
        return self._caller.unary(self._stub.ReleasePlan, request, timeout_s)

    def extend_plan(
        self, request: pb.ExtendPlanRequest, *, timeout_s: float | None = None
    ) -> pb.ExtendPlanResponse:
        """Move the expiry of a hold."""
        return self._caller.unary(self._stub.ExtendPlan, request, timeout_s)

    def fulfill_plan(
        self, request: pb.FulfillPlanRequest, *, timeout_s: float | None = None
    ) -> pb.FulfillPlanResponse:
        """Record that stock has left."""
        return self._caller.unary(self._stub.FulfillPlan, request, timeout_s)

    def reallocate_plan(
        self, request: pb.ReallocatePlanRequest, *, timeout_s: float | None = None
    ) -> pb.ReallocatePlanResponse:
        """Plan again after a location refused or could not pick."""
        return self._caller.unary(self._stub.ReallocatePlan, request, timeout_s)

    def explain_plan(
        self, request: pb.ExplainPlanRequest, *, timeout_s: float | None = None
    ) -> pb.ExplainPlanResponse:
        """Say why a stored plan is as it is."""
        return self._caller.unary(self._stub.ExplainPlan, request, timeout_s)
