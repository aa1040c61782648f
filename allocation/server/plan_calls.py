"""What becomes of stored plans: read, commit, release, extend, fulfill."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from allocation.errors import InvalidRequestError
from allocation.ledger.api import Ledger
from allocation.ledger.commands import TakeStep
from allocation.ledger.hold import HeldPlan, RowShare
from allocation.ledger.replies import PlanReply
from allocation.ledger.states import Step
from allocation.server.calls import stage
from allocation.server.codec.findings import Findings
from allocation.server.codec.fingerprint import fingerprint_of
from allocation.server.codec.picked_parts import picked_shares
from allocation.server.codec.plan_calls import decode_plan_id, decode_step
from allocation.server.codec.plan_parts import decode_parts, lines_without_stock, shares_of
from allocation.server.codec.stored_plan import current_plan
from allocation.server.gathered_writes import GatheredWrites
from allocation.server.network_store import NetworkStore
from allocation.server.slipped_dates import put_off
from allocation.server.stock_follower import StockFollower
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2


@dataclass(frozen=True, slots=True)
class PlanCalls:
    """Takes stored plans through their states; every change is in the store when it returns.

    Attributes
    ----------
    ledger
        Keeps the plans.
    writes
        Where they are changed.
    stock
        The planning view, which is to see at once what is given back.
    pool
        Where the store is read.
    network
        Says when a location ships what has waited for supply.
    now
        Wall clock: aware UTC datetimes.
    """

    ledger: Ledger
    writes: GatheredWrites
    stock: StockFollower
    pool: WorkerPool
    network: NetworkStore
    now: Callable[[], datetime]

    async def get(self, message: pb.GetPlanRequest) -> plan_pb2.Plan:
        """Return a plan as it is now."""
        return self._shown(await self._read(decode_plan_id(message)))

    async def commit(self, message: pb.CommitPlanRequest) -> plan_pb2.Plan:
        """Turn a hold into a commitment."""
        return await self._take(decode_step(message, Step.COMMIT, self.now()))

    async def extend(self, message: pb.ExtendPlanRequest) -> plan_pb2.Plan:
        """Move the expiry of a hold."""
        step = decode_step(message, Step.EXTEND, self.now(), hold_ttl=message.hold_ttl)
        return await self._take(step)

    async def release(self, message: pb.ReleasePlanRequest) -> plan_pb2.Plan:
        """Give stock back; whoever plans next on this server sees it."""
        step = decode_step(
            message,
            Step.RELEASE,
            self.now(),
            line_ids=message.line_ids,
            comment=message.comment,
        )
        if step.lines:
            # The ledger knows only lines that it has stock for.
            held = await self._read(message.plan_id)
            empty = lines_without_stock(held)
            lines = tuple(line for line in step.lines if line not in empty)
            step = replace(step, lines=lines, nothing=not lines)
        plan = await self._take(step)
        await asyncio.wrap_future(self.stock.catch_up())
        return plan

    async def fulfill(self, message: pb.FulfillPlanRequest) -> plan_pb2.Plan:
        """Record that stock has left."""
        if not message.parts:
            return await self._take(decode_step(message, Step.FULFILL, self.now()))
        held = await self._read(decode_plan_id(message))
        step = decode_step(message, Step.FULFILL, self.now())
        try:
            rows = _fulfilled_rows(message, held)
        except InvalidRequestError:
            # A repeat is owed the first answer, whatever has become of the plan since.
            first = await self._first_answer(step, fingerprint_of(message))
            if first is None:
                raise
            return current_plan(first.plan)
        return await self._take(replace(step, rows=tuple(rows), nothing=not rows))

    async def _read(self, plan_id: str) -> HeldPlan:
        return await self.pool.run(lambda: self.ledger.get_plan(plan_id, now=self.now()))

    async def _first_answer(self, step: TakeStep, fingerprint: bytes) -> PlanReply | None:
        return await self.pool.run(
            lambda: self.ledger.find_step(step.step, step.request_id, fingerprint)
        )

    async def _take(self, step: TakeStep) -> plan_pb2.Plan:
        with stage("hold"):
            reply = await self.writes.write(step)
        return self._shown(reply.plan)

    def _shown(self, held: HeldPlan) -> plan_pb2.Plan:
        message = current_plan(held)
        put_off(message, held, self.network.state.network)
        return message


def _fulfilled_rows(message: pb.FulfillPlanRequest, held: HeldPlan) -> list[RowShare]:
    findings = Findings()
    given = decode_parts(message.parts, "parts", findings, held)
    if not message.request_id and not all(part.is_whole for part in given):
        findings.refuse("request_id", "is missing; a repeat would count units of a part once more")
    rows = [
        row
        for part in given
        for row in (picked_shares if part.picked else shares_of)(part, held, findings)
    ]
    findings.raise_if_refused()
    return rows
