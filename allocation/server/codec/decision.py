"""Records of what a plan came about from."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import version
from typing import Final

from google.type import postal_address_pb2

from allocation.engine_api import PlanningRequest
from allocation.server.codec.destination import goes_to_po_box
from allocation.server.codec.recorded_stock import encode_stock
from allocation.server.codec.times import encode_duration, encode_time
from allocation.v1 import allocation_service_pb2, decision_pb2
from routing.ids import ItemId
from routing.sourcing.resolve import stocked_items
from routing.sourcing.stock import fix_stock

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
        request=without_personal_data(message),
        decision_time=encode_time(request.decision_time),
        engine_version=ENGINE_VERSION,
        network_version=request.network.version,
        solve_budget=encode_duration(request.budget_s),
        answer=answer,
        shipped_data=shipped,
    )
    if from_ledger:
        items = [*stocked_items(request.order, request.network), *sorted(counters)]
        places = [location.id for location in request.network.locations]
        record.stock.CopyFrom(encode_stock(fix_stock(request.stock, items, places)))
    return record.SerializeToString(deterministic=True)


def without_personal_data(
    message: allocation_service_pb2.AllocateRequest,
) -> allocation_service_pb2.AllocateRequest:
    """Return a request with nothing of its address but country and postal code.

    What its lines told is kept: whether that is a post office box.
    """
    kept = allocation_service_pb2.AllocateRequest()
    kept.CopyFrom(message)
    if kept.order.destination.HasField("address"):
        kept.order.destination.po_box = goes_to_po_box(kept.order.destination)
        address = kept.order.destination.address
        kept.order.destination.address.CopyFrom(
            postal_address_pb2.PostalAddress(
                region_code=address.region_code, postal_code=address.postal_code
            )
        )
    return kept
