"""From a planning message to its answer, on a worker thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from allocation.engine_api import PlanningRequest
from allocation.server.budget import Deadline
from allocation.server.codec.answer import encode_allocation, encode_quote
from allocation.server.network_state import NetworkState
from allocation.server.network_store import NetworkStore
from allocation.server.planner import Planner
from allocation.server.request_decoder import DecodedRequest, PlanningMessage, RequestDecoder
from allocation.server.stock_follower import StockFollower
from allocation.v1 import allocation_service_pb2
from routing.rules import RuleSet
from routing.sourcing.resolve import stocked_items


@dataclass(frozen=True, slots=True)
class Planning:
    """Decodes, plans and encodes; everything of one call happens in one thread.

    Attributes
    ----------
    planner
        The engine.
    store
        Holds the network. A call plans with the version that is current when it starts.
    stock
        The planning view of the ledger.
    decoder
        Decodes requests.
    now
        Wall clock: aware UTC datetimes.
    """

    planner: Planner
    store: NetworkStore
    stock: StockFollower
    decoder: RequestDecoder
    now: Callable[[], datetime]

    def allocate(
        self, message: allocation_service_pb2.AllocateRequest, deadline: Deadline, start_s: float
    ) -> allocation_service_pb2.AllocateResponse:
        """Return the answer to Allocate; `start_s` is when the call came, on the deadline's clock.

        Raises
        ------
        allocation.errors.EngineError, routing.errors.InvalidInputError
            If there is none.
        """
        state, decoded, request = self._prepare(message, deadline)
        result = self.planner.plan(request)
        total_s = deadline.clock() - start_s
        return encode_allocation(result, state.carrier_service, decoded.warnings, total_s)

    def quote(
        self, message: allocation_service_pb2.QuoteRequest, deadline: Deadline, start_s: float
    ) -> allocation_service_pb2.QuoteResponse:
        """Return the answer to Quote; as `allocate`."""
        state, decoded, request = self._prepare(message, deadline)
        result = self.planner.quote(request)
        total_s = deadline.clock() - start_s
        return encode_quote(result, state.carrier_service, decoded.warnings, total_s)

    def trial(
        self,
        message: allocation_service_pb2.AllocateRequest,
        deadline: Deadline,
        rules: RuleSet,
    ) -> allocation_service_pb2.AllocateResponse:
        """Return what Allocate would answer under another rule set; holds nothing."""
        start_s = deadline.clock()
        state, decoded, request = self._prepare(message, deadline, rules)
        result = self.planner.plan(request)
        total_s = deadline.clock() - start_s
        return encode_allocation(result, state.carrier_service, decoded.warnings, total_s)

    def _prepare(
        self, message: PlanningMessage, deadline: Deadline, rules: RuleSet | None = None
    ) -> tuple[NetworkState, DecodedRequest, PlanningRequest]:
        state = self.store.state
        decoded = self.decoder.decode(message, state, self.now(), rules)
        request = replace(decoded.request, budget_s=deadline.budget_s(decoded.budget_s))
        if decoded.from_ledger:
            items = stocked_items(request.order, request.network)
            request = replace(request, stock=self.stock.picture(items))
        return state, decoded, request
