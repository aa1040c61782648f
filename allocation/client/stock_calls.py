"""`allocation.v1.StockService`: levels, and what changes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import uuid4

import grpc

from allocation.client.caller import Caller
from allocation.v1 import stock_service_pb2 as pb
from allocation.v1 import stock_service_pb2_grpc

ROWS_A_MESSAGE: Final = 5_000


class StockCalls:
    """Methods of the service; each takes its request and returns its response."""

    def __init__(self, channel: grpc.Channel, caller: Caller) -> None:
        self._stub = stock_service_pb2_grpc.StockServiceStub(channel)
        self._caller = caller

    def set_levels(
        self,
        header: pb.FeedHeader,
        rows: Sequence[pb.LevelRow],
        *,
        timeout_s: float | None = None,
    ) -> pb.SetLevelsResponse:
        """Send a feed, however long, under one id.

        Parameters
        ----------
        header
            Whose figures these are, of when, and whether they are all there are.
        rows
            Levels; sent in messages of 5,000.
        """
        identified = pb.FeedHeader()
        identified.CopyFrom(header)
        identified.request_id = header.request_id or str(uuid4())

        def messages() -> Iterator[pb.SetLevelsRequest]:
            yield pb.SetLevelsRequest(header=identified, rows=rows[:ROWS_A_MESSAGE])
            for start in range(ROWS_A_MESSAGE, len(rows), ROWS_A_MESSAGE):
                yield pb.SetLevelsRequest(rows=rows[start : start + ROWS_A_MESSAGE])

        return self._caller.stream(self._stub.SetLevels, messages, timeout_s)

    def adjust_stock(
        self, request: pb.AdjustStockRequest, *, timeout_s: float | None = None
    ) -> pb.AdjustStockResponse:
        """Record receipts, counts, damage and transfers, all or none."""
        return self._caller.unary(self._stub.AdjustStock, request, timeout_s)

    def get_availability(
        self, request: pb.GetAvailabilityRequest, *, timeout_s: float | None = None
    ) -> pb.GetAvailabilityResponse:
        """Return what is available, by item and location."""
        return self._caller.unary(self._stub.GetAvailability, request, timeout_s)

    def recall_lot(
        self, request: pb.RecallLotRequest, *, timeout_s: float | None = None
    ) -> pb.RecallLotResponse:
        """Set a lot aside everywhere and plan anew what was promised of it."""
        return self._caller.unary(self._stub.RecallLot, request, timeout_s)

    def list_waiting(
        self, request: pb.ListWaitingRequest, *, timeout_s: float | None = None
    ) -> pb.ListWaitingResponse:
        """Return units of plans that wait for supply."""
        return self._caller.unary(self._stub.ListWaiting, request, timeout_s)

    def find_serials(
        self, request: pb.FindSerialsRequest, *, timeout_s: float | None = None
    ) -> pb.FindSerialsResponse:
        """Return where units with serials are, and which plan has them."""
        return self._caller.unary(self._stub.FindSerials, request, timeout_s)

    def watch_stock(self, request: pb.WatchStockRequest) -> Iterator[pb.WatchStockResponse]:
        """Return changes of stock as they happen, for as long as they are read."""
        return self._caller.watch(self._stub.WatchStock, request)
