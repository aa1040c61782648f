"""`allocation.v1.StockService`: not served yet, and says so."""

from __future__ import annotations

from allocation.server.unserved import unserved
from allocation.v1 import stock_service_pb2_grpc


class StockServicer(stock_service_pb2_grpc.StockServiceServicer):
    """Tells callers to send stock along with each request."""

    SetLevels = unserved("/allocation.v1.StockService/SetLevels")
    AdjustStock = unserved("/allocation.v1.StockService/AdjustStock")
    GetAvailability = unserved("/allocation.v1.StockService/GetAvailability")
    WatchStock = unserved("/allocation.v1.StockService/WatchStock")
    AuditStock = unserved("/allocation.v1.StockService/AuditStock")
