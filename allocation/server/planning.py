"""From a planning message to its answer, on a worker thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from allocation.engine_api import NeedsTimeError, PlanningRequest, PlanningResult
from allocation.ledger.level import LevelKey
from allocation.ledger.named_units import NamedUnits, places_of
from allocation.ledger.picture import StockPicture
from allocation.ledger.serials import SerialKey
from allocation.server.begun_now import begun_now
from allocation.server.budget import Deadline
from allocation.server.calls import current_call, current_stages, stage
from allocation.server.codec.answer import EncodedAnswer, encode_allocation, encode_quote
from allocation.server.codec.plain_request import PlainRequest
from allocation.server.left_out import left_out
from allocation.server.network_state import NetworkState
from allocation.server.network_store import NetworkStore
from allocation.server.plan_note import note_of
from allocation.server.planner import Planner
from allocation.server.request_decoder import DecodedRequest, PlanningMessage, RequestDecoder
from allocation.server.stock_follower import StockFollower
from allocation.server.tracing.stage_log import StageLog
from allocation.server.tracing.timed_policy import TimedPolicy
from allocation.v1 import allocation_service_pb2
from routing.ids import ItemId, LotId
from routing.item import ItemTracking
from routing.quick import quick
from routing.rules import RuleSet
from routing.sourcing.resolve import stocked_items
from routing.sourcing.stock import AdjustedStock, Place, StockView


@dataclass(frozen=True, slots=True)
class KnownBetter:
    """What is known of stock and of full days beyond the picture; see `AdjustedStock`.

    Attributes
    ----------
    own_plan_id
        The plan that is made anew: the units that it names are free for it.
    """

    more: Mapping[Place, int] = field(default_factory=dict)
    most: Mapping[Place, int] = field(default_factory=dict)
    taken: Mapping[Place, int] = field(default_factory=dict)
    gone: Mapping[Place, frozenset[LotId]] = field(default_factory=dict)
    own_plan_id: str | None = None

    def has_lost(self, key: LevelKey) -> bool:
        """Say whether nothing of a level can be had."""
        return key.lot_id is not None and key.lot_id in self.gone.get(key[:2], ())


@quick
@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with everything that its answer depends on.

    Attributes
    ----------
    state
        The network that carriers are named by.
    decoded
        The request by itself.
    request
        With budget and stock.
    picture
        The ledger's stock that was used; ``None`` if stock was sent along.
    counters
        Pseudo-items of `routing.daily_capacity` that its stock knows of.
    units
        Where the ledger has units that the order names by their serials.
    """

    state: NetworkState
    decoded: DecodedRequest
    request: PlanningRequest
    picture: StockPicture | None
    counters: frozenset[ItemId] = frozenset()
    units: Mapping[SerialKey, LevelKey] = field(default_factory=dict)


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
    shipped_digest
        Of what this version of the program came with, for records of decisions.
    """

    planner: Planner
    store: NetworkStore
    stock: StockFollower
    decoder: RequestDecoder
    now: Callable[[], datetime]
    shipped_digest: bytes = b""

    def allocate(
        self,
        message: allocation_service_pb2.AllocateRequest | PlainRequest,
        deadline: Deadline,
        start_s: float,
        *,
        quick_only: bool = False,
    ) -> tuple[Prepared, EncodedAnswer]:
        """Return the answer to Allocate; `start_s` is when the call came, on the deadline's clock.

        Raises
        ------
        allocation.errors.EngineError, routing.errors.InvalidInputError
            If there is none.
        NeedsTimeError
            With `quick_only`, if the order has to be searched for.
        """
        prepared = self.prepare(message, deadline, quick_only=quick_only)
        result = self.planner.plan(prepared.request)
        return prepared, encoded_answer(prepared, result, deadline.clock() - start_s)

    def quote(
        self, message: allocation_service_pb2.QuoteRequest, deadline: Deadline, start_s: float
    ) -> tuple[Prepared, allocation_service_pb2.QuoteResponse]:
        """Return the answer to Quote; as `allocate`."""
        prepared = self.prepare(message, deadline)
        with stage("quote"):
            result = self.planner.quote(prepared.request)
        total_s = deadline.clock() - start_s
        names = prepared.state.carrier_service
        with stage("encode"):
            answer = encode_quote(result, names, prepared.decoded.warnings, total_s)
        return prepared, answer

    def trial(
        self,
        message: allocation_service_pb2.AllocateRequest,
        deadline: Deadline,
        rules: RuleSet,
    ) -> allocation_service_pb2.AllocateResponse:
        """Return what Allocate would answer under another rule set; holds nothing."""
        start_s = deadline.clock()
        prepared = self.prepare(message, deadline, rules=rules)
        result = self.planner.plan(prepared.request)
        return answer_to(prepared, result, deadline.clock() - start_s)

    def prepare(
        self,
        message: PlanningMessage | PlainRequest,
        deadline: Deadline,
        known: KnownBetter | None = None,
        rules: RuleSet | None = None,
        *,
        quick_only: bool = False,
    ) -> Prepared:
        """Return a request ready to be planned.

        Parameters
        ----------
        known
            What is known of the ledger's stock beyond the picture.
        rules
            Rule set to plan by; ``None``: the one that the request names.
        quick_only
            Whether the engine is not to search.

        Raises
        ------
        allocation.errors.EngineError
            The request cannot be planned, or not in time.
        """
        state = self.store.state
        log = current_stages()
        if log is None:
            decoded = self.decoder.decode(message, state, self.now(), rules)
        else:
            with log.timed("decode"):
                decoded = self.decoder.decode(message, state, self.now(), rules)
        budget_s = deadline.budget_s(decoded.budget_s)
        asked = decoded.request
        if not decoded.from_ledger:
            request = _ready(asked, asked.stock, budget_s, log, quick_only=quick_only)
            return Prepared(state, decoded, request, None)
        asked = begun_now(asked)
        items = stocked_items(asked.order, asked.network)
        if log is None:
            picture = self.stock.picture(items)
        else:
            with log.timed("view"):
                picture = self.stock.picture(items)
        stock: StockView = picture
        counters = picture.counters
        if known is not None:
            stock = AdjustedStock(picture, known.more, known.most, known.taken, known.gone)
            counters |= {item_id for item_id, _ in known.taken}
        units = self._named_units(asked, known, quick_only=quick_only)
        if units:
            stock = NamedUnits(stock, units)
        request = _ready(asked, stock, budget_s, log, quick_only=quick_only)
        return Prepared(state, decoded, request, picture, counters, units)

    def _named_units(
        self, asked: PlanningRequest, known: KnownBetter | None, *, quick_only: bool
    ) -> Mapping[SerialKey, LevelKey]:
        """Return where the units are that the order names; few orders name any."""
        serials: set[str] = set()
        for line in asked.order.lines:
            if line.serials:
                serials |= line.serials
        if not serials:
            return {}
        if quick_only:
            # The ledger is not read on the event loop.
            raise NeedsTimeError
        items = [
            item_id
            for item_id in stocked_items(asked.order, asked.network)
            if asked.network.items[item_id].tracking is ItemTracking.SERIAL
        ]
        keys = [SerialKey(item_id, serial) for item_id in items for serial in sorted(serials)]
        claims = self.stock.serials(keys).values()
        return places_of(claims, asked.decision_time, known.own_plan_id if known else None)

    def is_current(self, prepared: Prepared) -> bool:
        """Say whether the ledger's stock still is as it was, as far as the view knows."""
        if prepared.picture is None:
            return True
        before = prepared.picture.columns
        now = self.stock.picture(before)
        days = prepared.picture.counters | now.counters
        return all(now.columns[item_id] is column for item_id, column in before.items()) and all(
            now.detailed.get(day) is prepared.picture.detailed.get(day) for day in days
        )


def _ready(
    asked: PlanningRequest,
    stock: StockView,
    budget_s: float,
    log: StageLog | None,
    *,
    quick_only: bool,
) -> PlanningRequest:
    """Return a request with stock and time; every call needs one, and `replace` is slow.

    If its call is traced, its rules note how long they take.
    """
    return PlanningRequest(
        asked.request_id,
        asked.order,
        asked.network,
        stock,
        asked.policy if log is None else TimedPolicy(asked.policy, log),
        asked.decision_time,
        budget_s,
        asked.alternatives,
        asked.explain,
        asked.ask_about,
        asked.baseline,
        quick_only,
    )


def encoded_answer(
    prepared: Prepared,
    result: PlanningResult,
    total_s: float,
    held_until: datetime | None = None,
) -> EncodedAnswer:
    """Return the answer with a plan that took `total_s` seconds in all.

    Parameters
    ----------
    held_until
        When the plan's hold will run out; ``None``: it is not about to be held.
    """
    record = current_call()
    if record is not None:
        record.plans.append(note_of(result, prepared.request.request_id))
    names = prepared.state.carrier_service
    warnings = (*prepared.decoded.warnings, *left_out(prepared.request, result.plan))
    # A block that is timed costs something even where nothing is traced.
    if record is None or record.stages is None:
        return encode_allocation(result, names, warnings, total_s, held_until)
    with record.stages.timed("encode"):
        return encode_allocation(result, names, warnings, total_s, held_until)


def answer_to(
    prepared: Prepared, result: PlanningResult, total_s: float
) -> allocation_service_pb2.AllocateResponse:
    """Return `encoded_answer` as a message, for those who change or read it."""
    return encoded_answer(prepared, result, total_s).message()
