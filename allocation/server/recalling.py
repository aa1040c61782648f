"""RecallLot: set a lot aside wherever it is, and plan anew what was promised of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

from allocation.errors import EngineError, InvalidRequestError
from allocation.ledger.api import Ledger
from allocation.ledger.commands import Recall, TakeStep
from allocation.ledger.errors import LedgerPlanError, PlanNotFoundError
from allocation.ledger.hold import HeldPlan, RowName, RowShare
from allocation.ledger.level import LevelKey
from allocation.ledger.replies import RecallReply
from allocation.ledger.states import Step
from allocation.server.budget import Deadline
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.level import encode_level
from allocation.server.codec.names import Names
from allocation.server.codec.stored_plan import current_plan, first_answer
from allocation.server.codec.text import decode_id, decode_prose
from allocation.server.network_store import NetworkStore
from allocation.server.reallocating import Reallocating
from allocation.server.remainder import LIVE
from allocation.server.stock_follower import StockFollower
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import plan_pb2
from allocation.v1 import stock_service_pb2 as pb
from routing.errors import InvalidInputError
from routing.ids import ItemId, LotId

_ENDED: Final = (LedgerPlanError, PlanNotFoundError, InvalidRequestError)
"""What a plan is refused with that has nothing left to be planned anew."""


class Recalling:
    """Recalls lots. The lot is set aside in one write; then each plan is replaced in one.

    Every write has an id made of the call's, so that the same call again goes on where one
    that broke off has stopped, and finds the plans that were replaced already.

    Parameters
    ----------
    reallocating
        Plans anew.
    ledger
        Keeps the lot.
    network
        Says which items there are, and how they are counted.
    stock
        The planning view, which is to know of the recall before anything is planned.
    pool
        Where the store is read.
    now
        Wall clock: aware UTC datetimes.
    """

    def __init__(
        self,
        reallocating: Reallocating,
        ledger: Ledger,
        network: NetworkStore,
        stock: StockFollower,
        pool: WorkerPool,
        now: Callable[[], datetime],
    ) -> None:
        self._reallocating = reallocating
        self._ledger = ledger
        self._network = network
        self._stock = stock
        self._pool = pool
        self._now = now

    async def recall(
        self, message: pb.RecallLotRequest, deadline: Deadline, start_s: float
    ) -> pb.RecallLotResponse:
        """Return what was set aside, and what became of each plan.

        Raises
        ------
        allocation.errors.EngineError
            The lot cannot be recalled, or not all plans could be looked at; the same call
            again goes on.
        """
        reply = await asyncio.wrap_future(self._ledger.submit(self._command(message)))
        if not isinstance(reply, RecallReply):
            raise TypeError(f"a recall was answered by {type(reply).__name__}")
        await asyncio.wrap_future(self._stock.catch_up())
        gone = {level.key for level in reply.levels}
        plans = [
            await self._plan_anew(plan_id, message, gone, deadline, start_s)
            for plan_id in reply.plan_ids
        ]
        await asyncio.wrap_future(self._stock.catch_up())
        items = self._network.state.network.items
        levels = [encode_level(level, items) for level in reply.levels]
        return pb.RecallLotResponse(levels=levels, plans=plans)

    async def _plan_anew(
        self,
        plan_id: str,
        message: pb.RecallLotRequest,
        gone: Collection[LevelKey],
        deadline: Deadline,
        start_s: float,
    ) -> pb.RecalledPlan:
        request_id = f"{message.request_id}~{plan_id}"
        try:
            made = await self._reallocating.replace_without(
                plan_id, request_id, gone, deadline, start_s
            )
        except _ENDED:
            return await self._told(plan_id, pb.RECALL_OUTCOME_ENDED)
        except (EngineError, InvalidInputError, LookupError) as error:
            if isinstance(error, EngineError) and error.retryable:
                raise
            return await self._give_back(plan_id, request_id, gone, str(error))
        plan = current_plan(made)
        is_short = bool(plan.unfilled) or any(row.backordered for row in plan.reservations)
        outcome = pb.RECALL_OUTCOME_SHORT if is_short else pb.RECALL_OUTCOME_REALLOCATED
        told = await self._told(plan_id, outcome)
        told.new_plan_id = made.plan_id
        return told

    async def _give_back(
        self, plan_id: str, request_id: str, gone: Collection[LevelKey], why: str
    ) -> pb.RecalledPlan:
        """Release what a plan has of the lot, where nothing better can be done."""
        plan = await self._read(plan_id)
        shares = [RowShare(name) for name in _names(plan, gone)]
        if not shares:
            return await self._told(plan_id, pb.RECALL_OUTCOME_ENDED)
        step = TakeStep(
            now=self._now(),
            request_id=f"{request_id}~release",
            step=Step.RELEASE,
            plan_id=plan_id,
            rows=tuple(shares),
            comment="the lot was recalled",
        )
        await asyncio.wrap_future(self._ledger.submit(step))
        told = await self._told(plan_id, pb.RECALL_OUTCOME_RELEASED)
        told.message = why
        return told

    async def _told(self, plan_id: str, outcome: pb.RecallOutcome.ValueType) -> pb.RecalledPlan:
        try:
            plan: plan_pb2.Plan = first_answer(await self._read(plan_id)).plan
        except PlanNotFoundError:
            plan = plan_pb2.Plan()
        return pb.RecalledPlan(plan_id=plan_id, order_id=plan.order_id, outcome=outcome)

    async def _read(self, plan_id: str) -> HeldPlan:
        return await self._pool.run(lambda: self._ledger.get_plan(plan_id, now=self._now()))

    def _command(self, message: pb.RecallLotRequest) -> Recall:
        findings, names = Findings(), Names(self._network.state.network)
        decode_id(message.request_id, "request_id", findings)
        item_id = ItemId(decode_id(message.inventory_item_id, "inventory_item_id", findings))
        lot_id = LotId(decode_id(message.lot_id, "lot_id", findings))
        decode_prose(message.comment, "comment", findings)
        names.item(item_id)
        item = names.network.item(item_id)
        if item is not None and item.is_kit:
            what = f"{shown(item_id)} is a kit; recall a lot of what it is made of"
            findings.refuse("inventory_item_id", what)
        findings.raise_if_refused()
        names.raise_if_unknown()
        return Recall(
            now=self._now(),
            request_id=message.request_id,
            item_id=item_id,
            lot_id=lot_id,
            comment=message.comment or ("recall lifted" if message.lift else "recalled"),
            lift=message.lift,
        )


def _names(plan: HeldPlan, gone: Collection[LevelKey]) -> list[RowName]:
    """Return the rows of a plan that still have any of the lot."""
    return list(
        dict.fromkeys(row.name for row in plan.rows if row.key in gone and row.state in LIVE)
    )
