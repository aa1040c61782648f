"""Allocate and Quote, from the event loop."""

from __future__ import annotations

from allocation.server.budget import Deadline
from allocation.server.codec.fingerprint import fingerprint_of
from allocation.server.codec.stored_plan import first_answer
from allocation.server.holding import Holding
from allocation.server.looking_again import look_again_if_short
from allocation.server.planning import Planning
from allocation.server.planning_lanes import PlanningLanes
from allocation.server.proposal import Wish
from allocation.v1 import allocation_service_pb2 as pb


class Allocating:
    """Answers planning calls, with a hold or without.

    Parameters
    ----------
    planning
        Answers one call.
    lanes
        Where it does so.
    holding
        Holds what was planned.
    """

    def __init__(self, planning: Planning, lanes: PlanningLanes, holding: Holding) -> None:
        self._planning = planning
        self._lanes = lanes
        self._holding = holding

    async def allocate(
        self, message: pb.AllocateRequest, deadline: Deadline, start_s: float
    ) -> pb.AllocateResponse:
        """Return a plan; with ALLOCATE_MODE_HOLD, its stock is held."""
        if message.mode == pb.ALLOCATE_MODE_HOLD:
            return await self._hold(message, deadline, start_s)
        _, answer = await look_again_if_short(
            self._planning,
            lambda: self._lanes.run(
                message,
                lambda quick: self._planning.allocate(message, deadline, start_s, quick_only=quick),
            ),
            lambda answer: bool(answer.plan.unfilled),
        )
        return answer

    async def quote(
        self, message: pb.QuoteRequest, deadline: Deadline, start_s: float
    ) -> pb.QuoteResponse:
        """Return delivery options."""
        _, answer = await look_again_if_short(
            self._planning,
            lambda: self._lanes.run(
                message, lambda _: self._planning.quote(message, deadline, start_s)
            ),
            lambda answer: any(option.unfilled_lines for option in answer.options),
        )
        return answer

    async def _hold(
        self, message: pb.AllocateRequest, deadline: Deadline, start_s: float
    ) -> pb.AllocateResponse:
        wish = Wish(message, message.request_id, fingerprint_of(message))
        answer, reply = await self._holding.hold(wish, deadline, start_s)
        if reply.replayed:
            answer = first_answer(reply.plan)
            answer.replayed = True
        return answer
