"""Allocate and Quote, from the event loop."""

from __future__ import annotations

import asyncio

from allocation.ledger.decisions import Decisions
from allocation.server.budget import Deadline
from allocation.server.codec.decision import encode_decision
from allocation.server.codec.fingerprint import fingerprint_of
from allocation.server.codec.plain_request import PlainRequest, as_message
from allocation.server.codec.stored_plan import first_answer
from allocation.server.geocoding import Geocoding
from allocation.server.holding import Holding
from allocation.server.live_rating import LiveRating
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
    geocoding
        Finds coordinates that neither the request nor the offline index has.
    live_rating
        Asks for live prices of plans that hold nothing.
    decisions
        Where decisions without a hold are recorded; ``None``: nowhere.
    """

    def __init__(
        self,
        planning: Planning,
        lanes: PlanningLanes,
        holding: Holding,
        geocoding: Geocoding,
        live_rating: LiveRating,
        decisions: Decisions | None = None,
    ) -> None:
        self._decisions = decisions
        self._planning = planning
        self._lanes = lanes
        self._holding = holding
        self._geocoding = geocoding
        self._live_rating = live_rating

    async def allocate(
        self, message: pb.AllocateRequest | PlainRequest, deadline: Deadline, start_s: float
    ) -> pb.AllocateResponse | bytes:
        """Return a plan, or its bytes; with ALLOCATE_MODE_HOLD, its stock is held."""
        if message.mode == pb.ALLOCATE_MODE_HOLD:
            return await self._hold(message, deadline, start_s)
        if self._geocoding.is_on:
            message = await self._geocoding.located(as_message(message), deadline)
        prepared, answer = await look_again_if_short(
            self._planning,
            lambda: self._lanes.run(
                message,
                lambda quick: self._planning.allocate(message, deadline, start_s, quick_only=quick),
            ),
            lambda answer: answer.is_short,
        )
        if self._decisions is not None:
            request = prepared.request
            record = encode_decision(
                as_message(message),
                request,
                from_ledger=prepared.picture is not None,
                shipped=self._planning.shipped_digest,
                answer=answer.content,
                counters=prepared.counters,
            )
            kept = self._decisions.keep(answer.plan_id, record, now=request.decision_time)
            await asyncio.wrap_future(kept)
        # Last, since prices of the moment are no part of the decision, nor of its replay.
        if not self._live_rating.is_on:
            return answer.content
        priced = answer.message()
        await self._live_rating.add_to(priced, prepared.request, deadline)
        return priced

    async def quote(
        self, message: pb.QuoteRequest, deadline: Deadline, start_s: float
    ) -> pb.QuoteResponse:
        """Return delivery options."""
        message = await self._geocoding.located(message, deadline)
        _, answer = await look_again_if_short(
            self._planning,
            lambda: self._lanes.run(
                message, lambda _: self._planning.quote(message, deadline, start_s)
            ),
            lambda answer: any(option.unfilled_lines for option in answer.options),
        )
        return answer

    async def _hold(
        self, request: pb.AllocateRequest | PlainRequest, deadline: Deadline, start_s: float
    ) -> pb.AllocateResponse | bytes:
        message = as_message(request)
        located = await self._geocoding.located(message, deadline)
        plain = request if isinstance(request, PlainRequest) and located is message else None
        # A repeat is one of what was asked, wherever that was found to be.
        wish = Wish(located, message.request_id, fingerprint_of(message), plain)
        reply = await self._holding.hold(wish, deadline, start_s)
        if not reply.replayed:
            return reply.plan.payload
        answer = first_answer(reply.plan)
        answer.replayed = True
        return answer
