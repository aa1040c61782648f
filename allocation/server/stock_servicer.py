"""`allocation.v1.StockService`: the levels of the ledger."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from allocation.ledger.errors import TakesTooMuchError
from allocation.ledger.replies import AdjustReply
from allocation.server.budget import Deadline
from allocation.server.recalling import Recalling
from allocation.server.stock_calls import StockCalls
from allocation.server.stock_feed import StockFeed
from allocation.server.stock_follower import StockFollower
from allocation.server.stock_watch import StockWatch
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import stock_service_pb2 as pb
from allocation.v1 import stock_service_pb2_grpc


class StockServicer(stock_service_pb2_grpc.StockServiceServicer):
    """Serves levels. Whatever a call has changed, planning on this server sees at once.

    Parameters
    ----------
    calls
        Answers calls that are answered once.
    new_feed
        Begins a feed.
    watch
        Serves watchers.
    recalling
        Recalls lots.
    stock
        The planning view.
    pool
        Where the store is read and feeds are written.
    clock
        Monotonic seconds.
    """

    def __init__(
        self,
        calls: StockCalls,
        new_feed: Callable[[], StockFeed],
        watch: StockWatch,
        recalling: Recalling,
        stock: StockFollower,
        pool: WorkerPool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = calls
        self._new_feed = new_feed
        self._watch = watch
        self._stock = stock
        self._pool = pool
        self._recalling = recalling
        self._clock = clock

    async def SetLevels(  # noqa: N802
        self,
        request_iterator: AsyncIterator[pb.SetLevelsRequest],
        context: Any,  # noqa: ARG002
    ) -> pb.SetLevelsResponse:
        """Take a feed. A message is asked for once the one before it is written."""
        feed = self._new_feed()
        async for message in request_iterator:
            await self._pool.run(partial(feed.take, message))
        answer = await self._pool.run(feed.finish)
        await asyncio.wrap_future(self._stock.catch_up())
        return answer

    async def AdjustStock(  # noqa: N802
        self,
        request: pb.AdjustStockRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.AdjustStockResponse:
        """Receive, count, set aside, transfer."""
        command = await self._pool.run(lambda: self._calls.adjustments(request))
        try:
            reply = await asyncio.wrap_future(self._calls.ledger.submit(command))
        except TakesTooMuchError as error:
            raise self._calls.in_units(error) from error
        if not isinstance(reply, AdjustReply):
            raise TypeError(f"adjustments were answered by {type(reply).__name__}")
        await asyncio.wrap_future(self._stock.catch_up())
        return self._calls.adjusted(reply)

    async def GetAvailability(  # noqa: N802
        self,
        request: pb.GetAvailabilityRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.GetAvailabilityResponse:
        """Return what is available, now or at a time to come."""
        return await self._pool.run(lambda: self._calls.availability(request))

    async def WatchStock(  # noqa: N802
        self,
        request: pb.WatchStockRequest,
        context: Any,  # noqa: ARG002
    ) -> AsyncIterator[pb.WatchStockResponse]:
        """Stream changes of levels as they happen."""
        items, places = await self._pool.run(lambda: self._calls.watched(request))
        changes = self._watch.watch(
            request.after_stock_version, items, places, with_low_stock=request.with_low_stock
        )
        async for change in changes:
            yield change

    async def AuditStock(  # noqa: N802
        self,
        request: pb.AuditStockRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.AuditStockResponse:
        """Recompute levels from their entries."""
        answer = await self._pool.run(lambda: self._calls.audit(request))
        if request.apply:
            await asyncio.wrap_future(self._stock.catch_up())
        return answer

    async def RecallLot(  # noqa: N802
        self, request: pb.RecallLotRequest, context: Any
    ) -> pb.RecallLotResponse:
        """Set a lot aside and plan anew what was promised of it."""
        start_s = self._clock()
        deadline = Deadline.after(context.time_remaining(), self._clock)
        return await self._recalling.recall(request, deadline, start_s)

    async def ListWaiting(  # noqa: N802
        self,
        request: pb.ListWaitingRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ListWaitingResponse:
        """List which units of plans wait for supply."""
        return await self._pool.run(lambda: self._calls.waiting(request))

    async def FindSerials(  # noqa: N802
        self,
        request: pb.FindSerialsRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.FindSerialsResponse:
        """Return where units with serials are, and which plan has them."""
        return await self._pool.run(lambda: self._calls.serials(request))

    async def ListStockEntries(  # noqa: N802
        self,
        request: pb.ListStockEntriesRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ListStockEntriesResponse:
        """List what has happened to the levels of an item."""
        return await self._pool.run(lambda: self._calls.entries(request))

    async def ListLowStock(  # noqa: N802
        self,
        request: pb.ListLowStockRequest,
        context: Any,  # noqa: ARG002
    ) -> pb.ListLowStockResponse:
        """List what to order, to move and to watch."""
        return await self._pool.run(lambda: self._calls.low_stock(request))
