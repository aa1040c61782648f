"""Records of what a plan came about from."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import version
from typing import Final

from allocation.engine_api import PlanningRequest
from allocation.server.codec.destination import goes_to_po_box
from allocation.server.codec.recorded_stock import record_stock
from allocation.server.codec.times import encode_duration, encode_time
from allocation.v1 import allocation_service_pb2, decision_pb2
from routing.ids import ItemId
from routing.sourcing.resolve import stocked_items

ENGINE_VERSION: Final = version("shipfrom")


def encode_decision(
    message: allocation_service_pb2.AllocateRequest,
    request: PlanningRequest,
    *,
    from_ledger: bool,
    shipped: bytes = b"",
    answer: bytes = b"",
    counters: Collection[ItemId] = (),
) -> bytes:
    """Return the record of a decision.

    Parameters
    ----------
    message
        What was asked.
    request
        The same, as it was planned, with everything that the answer depends on.
    from_ledger
        Whether its stock was the ledger's.
    shipped
        Digest of what the program came with; empty: not recorded.
    answer
        The answer, if it is not kept elsewhere.
    counters
        Counters of days that its stock knows.
    """
    record = decision_pb2.DecisionRecord(
        decision_time=encode_time(request.decision_time),
        engine_version=ENGINE_VERSION,
        network_version=request.network.version,
        solve_budget=encode_duration(request.budget_s),
        answer=answer,
        shipped_data=shipped,
    )
    record.request.CopyFrom(message)
    _drop_personal_data(record.request)
    if from_ledger:
        items = [*stocked_items(request.order, request.network), *sorted(counters)]
        places = [location.id for location in request.network.locations]
        record_stock(record.stock, request.stock, items, places)
    return record.SerializeToString(deterministic=True)


def _drop_personal_data(request: allocation_service_pb2.AllocateRequest) -> None:
    """Leave nothing of a request's address but country and postal code.

    What its lines told is kept: whether that is a post office box.
    """
    destination = request.order.destination
    if destination.HasField("address"):
        destination.po_box = goes_to_po_box(destination)
        region, postal = destination.address.region_code, destination.address.postal_code
        destination.address.Clear()
        destination.address.region_code, destination.address.postal_code = region, postal
