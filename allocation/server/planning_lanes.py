"""Two lanes for planning, so that usual orders never wait behind long searches.

Most orders are planned in less time than it takes to hand them to another thread and back.
They are planned on the event loop, one after the other, with a look at what else has come in
every few milliseconds. Whatever turns out to need a search goes to the pool of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from allocation.engine_api import NeedsTimeError
from allocation.server.codec.plain_request import PlainRequest
from allocation.server.quick_lane import QuickLane
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import planning_options_pb2

T = TypeVar("T")

MOST_QUICK_LINES: Final = 5
"""Orders with more are searched for; see `allocation.optimize.few_lines`."""

MOST_QUICK_LEVELS: Final = 2_000
"""Inline levels that are read on the event loop."""


_NO_OPTIONS: Final = planning_options_pb2.PlanningOptions()


class PlanningLanes:
    """Plans each order in the lane that fits it.

    Parameters
    ----------
    quick
        For orders that are planned at once.
    pool
        For those that are searched for.
    has_lots
        Says whether plans may need to be looked up in the store, which takes a thread.
    """

    def __init__(self, quick: QuickLane, pool: WorkerPool, has_lots: Callable[[], bool]) -> None:
        self._quick = quick
        self._pool = pool
        self._has_lots = has_lots

    async def run(
        self,
        message: pb.AllocateRequest | pb.QuoteRequest | PlainRequest,
        plan: Callable[[bool], T],
    ) -> T:
        """Return what `plan` makes.

        Parameters
        ----------
        message
            What is to be planned.
        plan
            Plans it; with true, it raises `NeedsTimeError` rather than search.

        Raises
        ------
        OverloadedError
            If the lane is full.
        """
        if (
            self._may_plain_be_quick(message)
            if isinstance(message, PlainRequest)
            else self._may_be_quick(message)
        ):
            try:
                return await self._quick.run(lambda: plan(True))
            except NeedsTimeError:
                pass
        return await self._pool.run(lambda: plan(False))

    def _may_be_quick(self, message: pb.AllocateRequest | pb.QuoteRequest) -> bool:
        """Whether decoding is short, and planning may be; the engine itself has the last word."""
        if not isinstance(message, pb.AllocateRequest) or message.HasField("network"):
            return False
        if message.HasField("baseline") or len(message.order.lines) > MOST_QUICK_LINES:
            return False
        if message.HasField("options") and (
            message.options.alternatives or message.options.explain
        ):
            return False
        if message.mode == pb.ALLOCATE_MODE_HOLD and self._has_lots():
            return False
        if not message.HasField("inline_stock"):
            return True
        levels = sum(len(each.levels) for each in message.inline_stock.items)
        return levels <= MOST_QUICK_LEVELS

    def _may_plain_be_quick(self, request: PlainRequest) -> bool:
        if len(request.order.lines) > MOST_QUICK_LINES:
            return False
        return request.mode != pb.ALLOCATE_MODE_HOLD or not self._has_lots()
