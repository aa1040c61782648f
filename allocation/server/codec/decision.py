"""Records of what a plan came about from."""

from __future__ import annotations

from collections.abc import Collection
from importlib.metadata import version
from typing import Final

from allocation.engine_api import PlanningRequest
from allocation.server.codec.destination import goes_to_po_box
from allocation.server.codec.recorded_stock import stock_bytes
from allocation.server.codec.times import duration_bytes, time_bytes
from allocation.server.codec.wire import nested, number, tag_of, text
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
    parts = [
        nested(_REQUEST, _without_personal_data(message)),
        nested(_DECISION_TIME, time_bytes(request.decision_time)),
        _BY_THIS_VERSION,
        number(_NETWORK_VERSION, request.network.version),
    ]
    if from_ledger:
        network = request.network
        items = [*stocked_items(request.order, network), *sorted(counters)]
        parts.append(nested(_STOCK, stock_bytes(request.stock, items, network.facts.ids)))
    parts.append(nested(_SOLVE_BUDGET, duration_bytes(request.budget_s)))
    if answer:
        parts.append(nested(_ANSWER, answer))
    if shipped:
        parts.append(nested(_SHIPPED_DATA, shipped))
    return b"".join(parts)


def _tag(field: str) -> bytes:
    return tag_of(decision_pb2.DecisionRecord, field)


_REQUEST: Final = _tag("request")
_DECISION_TIME: Final = _tag("decision_time")
_BY_THIS_VERSION: Final = text(_tag("engine_version"), ENGINE_VERSION)
_NETWORK_VERSION: Final = _tag("network_version")
_STOCK: Final = _tag("stock")
_SOLVE_BUDGET: Final = _tag("solve_budget")
_ANSWER: Final = _tag("answer")
_SHIPPED_DATA: Final = _tag("shipped_data")
_NOT_PERSONAL: Final = frozenset({"region_code", "postal_code"})


def _without_personal_data(message: allocation_service_pb2.AllocateRequest) -> bytes:
    """Return a request, of its address nothing but country and postal code.

    What its lines told is kept: whether that is a post office box.
    """
    destination = message.order.destination
    if destination.HasField("address"):
        address = destination.address
        if any(field.name not in _NOT_PERSONAL for field, _ in address.ListFields()):
            kept = allocation_service_pb2.AllocateRequest()
            kept.CopyFrom(message)
            destination = kept.order.destination
            destination.po_box = goes_to_po_box(destination)
            destination.address.Clear()
            destination.address.region_code = address.region_code
            destination.address.postal_code = address.postal_code
            message = kept
    return message.SerializeToString(deterministic=True)
