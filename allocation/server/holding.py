"""Holding what was planned, and planning again when others were faster."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from allocation.errors import EngineError, NoPlanInTimeError, OverloadedError, StockConflictError
from allocation.ledger.api import Ledger
from allocation.ledger.commands import Hold
from allocation.ledger.errors import (
    CapacityTakenError,
    InsufficientStockError,
    SerialTakenError,
    SupplyTakenError,
)
from allocation.ledger.replies import PlanReply
from allocation.ledger.waiting import is_waiting_key
from allocation.server.budget import Deadline
from allocation.server.calls import note_conflict, stage
from allocation.server.gathered_writes import GatheredWrites
from allocation.server.looking_again import look_again_if_short
from allocation.server.planning import KnownBetter, Planning
from allocation.server.planning_lanes import PlanningLanes
from allocation.server.proposal import Wish, propose
from allocation.server.worker_pool import WorkerPool

MOST_ATTEMPTS: Final = 8
"""How often an order is planned anew before the caller is told to come again."""

MOST_WRITING: Final = 1_024
"""Holds that may wait for the store at the same time."""


_CONFLICTS: Final = (
    InsufficientStockError,
    CapacityTakenError,
    SupplyTakenError,
    SerialTakenError,
)
Conflict = InsufficientStockError | CapacityTakenError | SupplyTakenError | SerialTakenError


class Holding:
    """Holds plans; the ledger decides, so a plan that it refuses is made again.

    A picture of stock is a moment old, and between the plan and the hold others hold too.
    The first attempt of each call goes ahead with the rest. Those that the ledger refuses
    go on one by one, each with everything in sight that those before it have held, so that
    within one server nobody is refused twice for the same reason.

    Parameters
    ----------
    planning
        Plans.
    lanes
        Where planning runs.
    pool
        Where the ledger is read.
    ledger
        Is read.
    writes
        Where plans are held.
    """

    def __init__(
        self,
        planning: Planning,
        lanes: PlanningLanes,
        pool: WorkerPool,
        ledger: Ledger,
        writes: GatheredWrites,
    ) -> None:
        self._planning = planning
        self._lanes = lanes
        self._pool = pool
        self._ledger = ledger
        self._writes = writes
        self._one_by_one = asyncio.Lock()
        self._writing = 0

    def stuck(self) -> int:
        """Return how many holds wait for a store that does not answer."""
        return self._writing if self._writing and self._writes.is_silent else 0

    async def hold(self, wish: Wish, deadline: Deadline, start_s: float) -> PlanReply:
        """Plan and hold.

        Returns
        -------
        PlanReply
            The answer of the attempt that succeeded is the payload of its plan; where it is
            `replayed`, that is the first answer.

        Raises
        ------
        StockConflictError
            Others were faster every time, or until the deadline.
        allocation.errors.EngineError, routing.errors.InvalidInputError
            There is no plan, or the ledger refuses to hold any.
        """
        try:
            return await self._hold(wish, deadline, start_s)
        except OverloadedError:
            # It may come again; to look for its first answer would be more work than to plan.
            raise
        except EngineError:
            # A repeat is owed the first answer, also when it could not be planned today.
            first = await self._pool.run(
                lambda: self._ledger.find_hold(wish.request_id, wish.fingerprint)
            )
            if first is None:
                raise
            return first

    async def _hold(self, wish: Wish, deadline: Deadline, start_s: float) -> PlanReply:
        try:
            return await self._attempt(wish, deadline, start_s)
        except _CONFLICTS as error:
            note_conflict()
            problem = error
        attempts = 1
        async with self._one_by_one:
            while attempts <= MOST_ATTEMPTS:
                await asyncio.wrap_future(self._planning.stock.catch_up())
                try:
                    return await self._attempt(_wiser(wish, problem), deadline, start_s)
                except _CONFLICTS as error:
                    note_conflict()
                    problem = error
                except NoPlanInTimeError:
                    break
                attempts += 1
        raise StockConflictError(
            f"{_what_changed(problem)} changed {attempts} times while the order was planned: "
            f"{problem.message}",
            {**problem.metadata, "attempts": str(attempts)},
        ) from problem

    async def _attempt(self, wish: Wish, deadline: Deadline, start_s: float) -> PlanReply:
        _, proposal = await look_again_if_short(
            self._planning,
            lambda: self._lanes.run(
                wish.message,
                lambda quick: propose(
                    self._planning, self._ledger, wish, deadline, start_s, quick_only=quick
                ),
            ),
            lambda proposal: proposal.is_short,
        )
        return await self._write(proposal.command)

    async def _write(self, command: Hold) -> PlanReply:
        if self._writing >= MOST_WRITING:
            raise OverloadedError(
                f"{self._writing} holds wait for the store, the most this server lets wait: try "
                "again a little later",
                {"waiting": str(self._writing)},
            )
        self._writing += 1
        try:
            with stage("hold"):
                return await self._writes.write(command)
        finally:
            self._writing -= 1


def _what_changed(problem: Conflict) -> str:
    if isinstance(problem, CapacityTakenError):
        return "what days have left"
    return "supply on its way" if isinstance(problem, SupplyTakenError) else "stock"


def _wiser(wish: Wish, problem: Conflict) -> Wish:
    """Return the wish with the figures that the ledger refused it for.

    A picture taken right after a conflict may still lack the write that caused it, while
    an older transaction on PostgreSQL is at work.
    """
    known = wish.known or KnownBetter()
    if isinstance(problem, CapacityTakenError):
        taken = {(each.key.item_id, each.key.location_id): each.taken for each in problem.full}
        return replace(wish, known=replace(known, taken={**known.taken, **taken}))
    if isinstance(problem, SupplyTakenError):
        owed = {key[:2]: units for key, units in problem.taken.items() if is_waiting_key(key)}
        return replace(wish, known=replace(known, taken={**known.taken, **owed}))
    if isinstance(problem, SerialTakenError):
        # Who has the units is read anew for every attempt.
        return wish
    found = {
        (shortage.key.item_id, shortage.key.location_id): shortage.available
        for shortage in problem.shortages
        if shortage.key.lot_id is None
    }
    return replace(wish, known=replace(known, most={**known.most, **found}))
