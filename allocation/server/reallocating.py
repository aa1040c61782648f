"""ReallocatePlan: a new plan in the place of one that a location could not keep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from allocation.errors import EngineError, InvalidRequestError, StockConflictError
from allocation.ledger.api import Ledger
from allocation.ledger.decisions import Decisions
from allocation.ledger.errors import EtagMismatchError
from allocation.ledger.hold import HeldPlan, Replaced
from allocation.ledger.level import LevelKey
from allocation.ledger.refusal import refusal
from allocation.ledger.replies import PlanReply
from allocation.ledger.states import OUTCOMES, HoldState, Step
from allocation.server.budget import Deadline
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.fingerprint import fingerprint_of
from allocation.server.codec.plan_parts import decode_parts
from allocation.server.codec.stored_plan import current_plan, first_answer, revision_of_etag
from allocation.server.codec.text import decode_id, decode_word, decode_words
from allocation.server.holding import Holding
from allocation.server.proposal import Wish
from allocation.server.remainder import known_of, remainder_of, request_for, short_levels
from allocation.server.stock_follower import StockFollower
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import decision_pb2
from routing.errors import Violation

MOST_READS: Final = 4
"""How often a plan is read anew because it changed while its successor was planned."""

_WHILE_WRITING: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Reallocating:
    """Plans again what is left of a plan, and puts the new plan in its place.

    The old plan's stock is given back and the new plan's taken in one write: no one else
    can get in between, and none of it is promised twice.

    Attributes
    ----------
    holding
        Plans and holds.
    ledger, decisions
        Keep the old plan, and what it came about from.
    stock
        The planning view, which is to see at once what is given back.
    pool
        Where the store is read.
    now
        Wall clock: aware UTC datetimes.
    """

    holding: Holding
    ledger: Ledger
    decisions: Decisions
    stock: StockFollower
    pool: WorkerPool
    now: Callable[[], datetime]

    async def reallocate(
        self, message: pb.ReallocatePlanRequest, deadline: Deadline, start_s: float
    ) -> pb.ReallocatePlanResponse:
        """Return the plan that takes the other's place.

        Raises
        ------
        allocation.errors.EngineError
            The plan is not one that can be replaced, or there is no new plan.
        """
        _check(message)
        first = await self._once(message, deadline, start_s)
        await asyncio.wrap_future(self.stock.catch_up())
        return pb.ReallocatePlanResponse(
            plan=current_plan(first.plan),
            replaced_plan_id=message.plan_id,
            times=first_answer(first.plan).times,
            replayed=first.replayed,
        )

    async def replace_without(
        self,
        plan_id: str,
        request_id: str,
        gone: Collection[LevelKey],
        deadline: Deadline,
        start_s: float,
    ) -> HeldPlan:
        """Return the plan that takes another's place, which has none of some levels.

        Repeatable under `request_id`.

        Parameters
        ----------
        gone
            Levels whose units the plan cannot have again.

        Raises
        ------
        allocation.errors.EngineError
            The plan is not one that can be replaced, or there is no new plan.
        LookupError
            Nobody knows how the plan came about.
        """
        message = pb.ReallocatePlanRequest(plan_id=plan_id, request_id=request_id)
        return (await self._once(message, deadline, start_s, gone)).plan

    async def _once(
        self,
        message: pb.ReallocatePlanRequest,
        deadline: Deadline,
        start_s: float,
        gone: Collection[LevelKey] = (),
    ) -> PlanReply:
        """Return the first answer to a call, which is given now if nobody has asked before."""
        fingerprint = fingerprint_of(message)
        first = await self._find(message, fingerprint)
        if first is not None:
            return first
        try:
            return await self._replace(message, fingerprint, deadline, start_s, gone)
        except EngineError:
            # The same call at the same time may have been faster.
            first = await self._find(message, fingerprint)
            if first is None:
                raise
            return first

    async def _find(
        self, message: pb.ReallocatePlanRequest, fingerprint: bytes
    ) -> PlanReply | None:
        return await self.pool.run(lambda: self.ledger.find_hold(message.request_id, fingerprint))

    async def _replace(
        self,
        message: pb.ReallocatePlanRequest,
        fingerprint: bytes,
        deadline: Deadline,
        start_s: float,
        gone: Collection[LevelKey],
    ) -> PlanReply:
        for _ in range(MOST_READS):
            wish = await self.pool.run(lambda: self._wish(message, fingerprint, gone))
            try:
                reply = await self.holding.hold(wish, deadline, start_s)
            except EtagMismatchError:
                # Whoever named an etag wants to know; for others it is a race that was lost.
                if message.etag:
                    raise
            else:
                return reply
        raise changed_too_often(message.plan_id)

    def _wish(
        self, message: pb.ReallocatePlanRequest, fingerprint: bytes, gone: Collection[LevelKey]
    ) -> Wish:
        """Return what is to be held in the place of the plan as it is now."""
        now = self.now()
        plan = self.ledger.get_plan(message.plan_id, now=now)
        outcome = OUTCOMES[Step.REPLACE][plan.state]
        if isinstance(outcome, type):
            raise refusal(plan, outcome)
        record = self.decisions.find(plan.plan_id)
        if record is None:
            raise LookupError(f"plan {plan.plan_id!r} has no record of its decision")
        findings = Findings()
        given = decode_parts(message.short_picks, "short_picks", findings, plan)
        short = short_levels(given, plan, findings)
        findings.raise_if_refused()
        remainder = remainder_of(plan)
        if remainder.torn:
            lines = ", ".join(map(shown, remainder.torn))
            why = (
                f"kits of line(s) {lines} are not whole any more: some of what they are made of "
                "has left or was given back without the rest; fulfill the rest, or release it and "
                "plan with Allocate"
            )
            raise InvalidRequestError([Violation("plan_id", why)])
        if not remainder.lines_e6:
            why = "nothing of the plan is held or committed; plan with Allocate"
            raise InvalidRequestError([Violation("plan_id", why)])
        decision = decision_pb2.DecisionRecord.FromString(record)
        named = revision_of_etag(message.etag)
        return Wish(
            message=request_for(decision, message, remainder),
            request_id=message.request_id,
            fingerprint=fingerprint,
            known=known_of(plan.plan_id, remainder, short, gone),
            replaced=Replaced(
                plan.plan_id,
                plan.revision if named is None else named,
                tuple(sorted(short.items(), key=lambda each: each[0].order)),
            ),
            expire_time=_expire_time(plan, now),
        )


def changed_too_often(plan_id: str) -> StockConflictError:
    """Return the error for a plan that could not be caught standing still."""
    return StockConflictError(
        f"plan {plan_id!r} changed {MOST_READS} times while it was planned anew; try again with "
        "the same request_id",
        {"plan_id": plan_id, "attempts": str(MOST_READS)},
    )


def _expire_time(plan: HeldPlan, now: datetime) -> datetime:
    # A commitment does not expire; the ledger wants some instant in the future all the same.
    return plan.expire_time if plan.state is HoldState.HELD else now + _WHILE_WRITING


def _check(message: pb.ReallocatePlanRequest) -> None:
    findings = Findings()
    decode_id(message.plan_id, "plan_id", findings)
    decode_id(message.request_id, "request_id", findings)
    decode_word(message.etag, "etag", findings)
    decode_words(message.excluded_location_ids, "excluded_location_ids", findings)
    findings.raise_if_refused()
