"""RecallLot: set a lot aside wherever it is, and plan anew what was promised of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allocation.errors import EngineError
from allocation.ledger.api import Ledger
from allocation.ledger.commands import Recall, TakeStep
from allocation.ledger.errors import EtagMismatchError, LedgerPlanError, PlanNotFoundError
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
from allocation.server.reallocating import MOST_READS, Reallocating, changed_too_often
from allocation.server.remainder import LIVE
from allocation.server.stock_follower import StockFollower
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import plan_pb2
from allocation.v1 import stock_service_pb2 as pb
from routing.counters import counted_item
from routing.errors import InvalidInputError
from routing.ids import ItemId, LineId, LotId

MOST_TOLD: Final = 5_000
"""Plans that an answer lists; each with why it could not be planned anew stays below 4 MB."""


@dataclass(frozen=True, slots=True)
class Recalling:
    """Recalls lots. The lot is set aside in one write; then each plan is replaced in one.

    Every write has an id made of the call's, so that the same call again goes on where one
    that broke off has stopped, and finds the plans that were replaced already.

    Attributes
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

    reallocating: Reallocating
    ledger: Ledger
    network: NetworkStore
    stock: StockFollower
    pool: WorkerPool
    now: Callable[[], datetime]

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
        reply = await asyncio.wrap_future(self.ledger.submit(self._command(message)))
        if not isinstance(reply, RecallReply):
            raise TypeError(f"a recall was answered by {type(reply).__name__}")
        await asyncio.wrap_future(self.stock.catch_up())
        gone = {level.key for level in reply.levels}
        plans = [
            await self._plan_anew(plan_id, message, gone, deadline, start_s)
            for plan_id in reply.plan_ids
        ]
        await asyncio.wrap_future(self.stock.catch_up())
        items = self.network.state.network.items
        levels = [encode_level(level, items) for level in reply.levels]
        listed = _listed(plans)
        return pb.RecallLotResponse(
            levels=levels, plans=listed, more_plans=len(plans) - len(listed)
        )

    async def _plan_anew(
        self,
        plan_id: str,
        message: pb.RecallLotRequest,
        gone: Collection[LevelKey],
        deadline: Deadline,
        start_s: float,
    ) -> pb.RecalledPlan:
        request_id = _derived_id(message.request_id, plan_id)
        try:
            made = await self.reallocating.replace_without(
                plan_id, request_id, gone, deadline, start_s
            )
        except (EngineError, InvalidInputError, LookupError) as error:
            if isinstance(error, EngineError) and error.retryable:
                raise
            return await self._give_back(plan_id, request_id, gone, str(error))
        if _names(made, gone):
            # Units of the lot are never left with anybody, whatever a plan came about from.
            why = f"plan {made.plan_id!r} took its place and had units of the lot again"
            await self._give_back(made.plan_id, request_id, gone, why)
            told = await self._told(plan_id, pb.RECALL_OUTCOME_SHORT)
            told.new_plan_id, told.message = made.plan_id, why
            return told
        plan = current_plan(made)
        is_short = bool(plan.unfilled) or any(row.backordered for row in plan.reservations)
        outcome = pb.RECALL_OUTCOME_SHORT if is_short else pb.RECALL_OUTCOME_REALLOCATED
        told = await self._told(plan_id, outcome)
        told.new_plan_id = made.plan_id
        return told

    async def _give_back(
        self, plan_id: str, request_id: str, gone: Collection[LevelKey], why: str
    ) -> pb.RecalledPlan:
        """Release what a plan has of the lot, where nothing better can be done.

        A plan that has none of it any more has ended: that, and nothing else, says so.
        """
        for _ in range(MOST_READS):
            try:
                plan = await self._read(plan_id)
            except PlanNotFoundError:
                break
            shares = _shares(plan, _with_their_kits(plan, _names(plan, gone)))
            if not shares:
                break
            step = TakeStep(
                now=self.now(),
                request_id=_derived_id(request_id, f"{plan_id}~{plan.revision}"),
                step=Step.RELEASE,
                plan_id=plan_id,
                rows=shares,
                if_revision=plan.revision,
                comment="the lot was recalled",
            )
            try:
                await asyncio.wrap_future(self.ledger.submit(step))
            except (EtagMismatchError, LedgerPlanError):
                # Changed since it was read: looked at again.
                continue
            told = await self._told(plan_id, pb.RECALL_OUTCOME_RELEASED)
            told.message = why
            return told
        else:
            raise changed_too_often(plan_id)
        return await self._told(plan_id, pb.RECALL_OUTCOME_ENDED)

    async def _told(self, plan_id: str, outcome: pb.RecallOutcome.ValueType) -> pb.RecalledPlan:
        try:
            plan: plan_pb2.Plan = first_answer(await self._read(plan_id)).plan
        except PlanNotFoundError:
            plan = plan_pb2.Plan()
        return pb.RecalledPlan(plan_id=plan_id, order_id=plan.order_id, outcome=outcome)

    async def _read(self, plan_id: str) -> HeldPlan:
        return await self.pool.run(lambda: self.ledger.get_plan(plan_id, now=self.now()))

    def _command(self, message: pb.RecallLotRequest) -> Recall:
        findings, names = Findings(), Names(self.network.state.network)
        decode_id(message.request_id, "request_id", findings)
        item_id = ItemId(decode_id(message.inventory_item_id, "inventory_item_id", findings))
        lot_id = LotId(decode_id(message.lot_id, "lot_id", findings))
        decode_prose(message.comment, "comment", findings)
        names.item(item_id, "inventory_item_id")
        item = names.network.item(item_id)
        if item is not None and item.is_kit:
            what = f"{shown(item_id)} is a kit; recall a lot of what it is made of"
            findings.refuse("inventory_item_id", what)
        findings.raise_if_refused()
        names.raise_if_unknown()
        return Recall(
            now=self.now(),
            request_id=message.request_id,
            item_id=item_id,
            lot_id=lot_id,
            comment=message.comment or ("recall lifted" if message.lift else "recalled"),
            lift=message.lift,
        )


def _derived_id(request_id: str, what: str) -> str:
    """Return the id of a write that a call makes, as long whatever the ids of the call are."""
    return "recall~" + hashlib.sha256(f"{request_id}~{what}".encode()).hexdigest()


def _listed(plans: list[pb.RecalledPlan]) -> list[pb.RecalledPlan]:
    """Return as many plans as an answer has room for, in order; those that lack something first."""
    is_well = [plan.outcome == pb.RECALL_OUTCOME_REALLOCATED for plan in plans]
    kept = sorted(range(len(plans)), key=is_well.__getitem__)[:MOST_TOLD]
    return [plans[number] for number in sorted(kept)]


def _names(plan: HeldPlan, gone: Collection[LevelKey]) -> list[RowName]:
    """Return the rows of a plan that still have any of the lot."""
    return list(
        dict.fromkeys(row.name for row in plan.rows if row.key in gone and row.state in LIVE)
    )


def _shares(plan: HeldPlan, names: Collection[RowName]) -> tuple[RowShare, ...]:
    """Return what is left of rows, in numbers: units of them may have left."""
    left = dict.fromkeys(names, 0)
    for row in plan.rows:
        if row.name in left and row.state in LIVE:
            left[row.name] += row.quantity
    return tuple(RowShare(name, quantity) for name, quantity in left.items())


def _with_their_kits(plan: HeldPlan, names: Collection[RowName]) -> list[RowName]:
    """Return rows and what else is left of the kits that they are of.

    A part with rows of several items is a kit, and no kit is left without a component.
    """
    items: dict[tuple[LineId, int], set[ItemId]] = {}
    for row in plan.rows:
        items.setdefault((row.line_id, row.part), set()).add(counted_item(row.key.item_id))
    kits = {(name.line_id, name.part) for name in names if len(items[name[:2]]) > 1}
    beside = [row.name for row in plan.rows if row.name[:2] in kits and row.state in LIVE]
    return list(dict.fromkeys([*names, *beside]))
