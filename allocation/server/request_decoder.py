"""Planning requests: an order, the stock, the network and how to plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from allocation.engine_api import Baseline, PlanningRequest
from allocation.errors import EngineError
from allocation.server.codec.baseline import decode_baseline
from allocation.server.codec.findings import Findings
from allocation.server.codec.kits import check_parts, parts_of
from allocation.server.codec.money import order_money
from allocation.server.codec.names import Names
from allocation.server.codec.order import decode_order
from allocation.server.codec.plain_order import plain_order
from allocation.server.codec.plain_request import PlainRequest, read_plain
from allocation.server.codec.policy import (
    decode_alternatives,
    decode_ask_about,
    decode_overrides,
    decode_solve_budget,
)
from allocation.server.codec.stock import decode_stock
from allocation.server.codec.text import decode_word, is_plain_id
from allocation.server.codec.times import decode_duration
from allocation.server.counted_items import check_inline_items
from allocation.server.inline_network import InlineNetworks
from allocation.server.limits import RequestLimits
from allocation.server.network_state import NetworkState
from allocation.server.order_size import check_order_size
from allocation.server.rule_sets import RuleSets
from allocation.v1 import allocation_service_pb2
from routing.order import Order
from routing.quick import quick
from routing.rules import RuleSet
from routing.rules.presets import DEFAULT, preset
from routing.sourcing.stock import InlineStockView

MOST_TTL_S: Final = 86_400
DEFAULT_TTL: Final = timedelta(minutes=15)

_NO_STOCK: Final = InlineStockView({})

_OF_PLAIN: Final = frozenset(
    allocation_service_pb2.AllocateRequest.DESCRIPTOR.fields_by_name[name].number
    for name in ("request_id", "order", "ledger_stock", "mode", "hold_ttl")
)
"""Fields of most requests: with the ledger's stock, under the rule set that decides."""

PlanningMessage = allocation_service_pb2.AllocateRequest | allocation_service_pb2.QuoteRequest


@quick
@dataclass(frozen=True, slots=True)
class DecodedRequest:
    """A planning request without what depends on when planning starts.

    Attributes
    ----------
    request
        With a budget of 0, and with no stock at all if it is `from_ledger`.
    from_ledger
        Whether to plan with the ledger's stock.
    hold_ttl
        How long a hold is to last; ``None`` if nothing is to be held.
    budget_s
        Seconds asked for, ``None`` if the caller does not say.
    warnings
        What was accepted and not, or not fully, taken into account.
    """

    request: PlanningRequest
    from_ledger: bool
    hold_ttl: timedelta | None
    budget_s: float | None = None
    warnings: tuple[str, ...] = ()


class RequestDecoder:
    """Decodes planning requests against a version of the network.

    Problems have an order: a request that is too large is not looked into; then all
    violations at once; then what this version does not serve; then unknown names.

    Parameters
    ----------
    limits
        Most entries of each kind.
    inline_networks
        Builds networks from requests that bring their own.
    rule_sets
        Has the rule sets that requests name.
    """

    def __init__(
        self, limits: RequestLimits, inline_networks: InlineNetworks, rule_sets: RuleSets
    ) -> None:
        self._limits = limits
        self._inline_networks = inline_networks
        self._rule_sets = rule_sets

    def decode(
        self,
        message: PlanningMessage | PlainRequest,
        state: NetworkState,
        now: datetime,
        rules: RuleSet | None = None,
    ) -> DecodedRequest:
        """Return what the engine is asked.

        Parameters
        ----------
        now
            Aware UTC datetime, taken as decision time.
        rules
            Takes the place of the rule set that the request names.

        Raises
        ------
        allocation.errors.EngineError
            `RequestTooLargeError`, `InvalidRequestError`,
            `UnknownRuleSetError`, `RulesInvalidError`, `UnknownItemError` or
            `UnknownLocationError`.
        """
        plain = self._plain(message, state, now, rules)
        if plain is not None:
            return plain
        if isinstance(message, PlainRequest):
            message = message.message()
        self._check_size(message)
        findings = Findings()
        network = state.network
        if message.HasField("network"):
            network = self._inline_networks.network(message.network, "network", findings, state)
            if message.WhichOneof("stock") != "inline_stock":
                inline = message.network.items
                check_inline_items(state.network, inline, "network.items", findings)
        names = Names(network)
        money = order_money(message.order, findings, state.currencies)
        if not message.HasField("order"):
            findings.refuse("order", "is missing; say what is ordered")
        # What an order that is not there lacks would only repeat that.
        of_order = findings if message.HasField("order") else Findings()
        order = decode_order(message.order, of_order, money, names, now)
        _check_components(order, findings, names)
        overrides = decode_overrides(message.options, "options", findings, money, names)
        named, unusable = self._rules(message, rules)
        policy = named.at(now, overrides)
        stock = decode_stock(message.inline_stock, "inline_stock", findings, network)
        request_id, baseline = self._of_allocate(message, order, findings, names)
        request = PlanningRequest(
            request_id=request_id,
            order=order,
            network=network,
            stock=stock,
            policy=policy,
            decision_time=now,
            budget_s=0.0,
            alternatives=decode_alternatives(message.options, "options", findings),
            explain=message.options.explain,
            ask_about=decode_ask_about(message.options, "options", findings, names),
            baseline=baseline,
        )
        budget_s = decode_solve_budget(message.options, "options", findings)
        hold_ttl = decode_hold_ttl(message, findings)
        findings.raise_if_refused()
        check_order_size(order, network, policy, state.dearest_parcel_minor, findings)
        findings.raise_if_refused()
        if unusable is not None:
            raise unusable
        names.raise_if_unknown()
        from_ledger = message.WhichOneof("stock") != "inline_stock"
        return DecodedRequest(request, from_ledger, hold_ttl, budget_s, findings.all_warnings())

    def _plain(
        self,
        message: PlanningMessage | PlainRequest,
        state: NetworkState,
        now: datetime,
        rules: RuleSet | None,
    ) -> DecodedRequest | None:
        """Return a request that is like most and has no problem; ``None`` for any other."""
        asked = message if isinstance(message, PlainRequest) else self._read(message)
        if asked is None or len(asked.order.lines) > self._limits.lines:
            return None
        request_id, is_hold = asked.request_id, asked.mode == _HOLD
        if asked.mode not in _MODES or (not is_plain_id(request_id) and (is_hold or request_id)):
            return None
        order = plain_order(asked.order, state.network, state.currencies, now)
        if order is None:
            return None
        try:
            policy = (rules or self._rule_sets.find("")).at(now)
        except EngineError:
            return None
        findings = Findings()
        hold_ttl = DEFAULT_TTL if is_hold else None
        if asked.hold_ttl is not None:
            given = decode_duration(asked.hold_ttl, "hold_ttl", findings, 1, MOST_TTL_S)
            hold_ttl = given if is_hold else None
        check_order_size(order, state.network, policy, state.dearest_parcel_minor, findings)
        if findings.violations:
            return None
        request = PlanningRequest(request_id, order, state.network, _NO_STOCK, policy, now, 0.0)
        return DecodedRequest(request, from_ledger=True, hold_ttl=hold_ttl)

    def _read(self, message: PlanningMessage) -> PlainRequest | None:
        """Return what a message says if it is like most; any other is not written anew for it."""
        if (
            not isinstance(message, allocation_service_pb2.AllocateRequest)
            or not _OF_PLAIN.issuperset([field.number for field, _ in message.ListFields()])
            or len(message.order.lines) > self._limits.lines
        ):
            return None
        return read_plain(message.SerializeToString(deterministic=True))

    def _rules(
        self, message: PlanningMessage, rules: RuleSet | None
    ) -> tuple[RuleSet, EngineError | None]:
        """Return the rule set to plan under, or one to go on with and why it is not that.

        That is reported only when nothing else is wrong with the request.
        """
        if rules is not None:
            return rules, None
        try:
            return self._rule_sets.find(message.options.rule_set), None
        except EngineError as error:
            return preset(DEFAULT), error

    def _check_size(self, message: PlanningMessage) -> None:
        self._limits.check("lines", len(message.order.lines))
        if message.WhichOneof("stock") == "inline_stock":
            levels = sum(len(each.levels) for each in message.inline_stock.items)
            self._limits.check("levels", levels)

    def _of_allocate(
        self, message: PlanningMessage, order: Order, findings: Findings, names: Names
    ) -> tuple[str, Baseline | None]:
        """Return what only Allocate has: its request id, and the caller's own choice."""
        if not isinstance(message, allocation_service_pb2.AllocateRequest):
            return "", None
        request_id = decode_word(message.request_id, "request_id", findings) or ""
        _check_mode(message, request_id, findings)
        baseline: Baseline | None = None
        if message.HasField("baseline"):
            line_ids = {line.id for line in order.lines}
            most = self._limits.levels
            baseline = decode_baseline(
                message.baseline, "baseline", findings, names, line_ids, most
            )
        return request_id, baseline


def _check_components(order: Order, findings: Findings, names: Names) -> None:
    for index, line in enumerate(order.lines):
        if line.components:
            parts = parts_of(line.components, names.network.items, {})
            path = f"order.lines[{index}].components"
            check_parts(parts, path, names.network.items, findings)


_MODES: Final = frozenset(allocation_service_pb2.AllocateMode.values())
_HOLD: Final = int(allocation_service_pb2.ALLOCATE_MODE_HOLD)


def _check_mode(
    message: allocation_service_pb2.AllocateRequest, request_id: str, findings: Findings
) -> None:
    if message.mode not in _MODES:
        findings.refuse(
            "mode", f"is {message.mode}; give ALLOCATE_MODE_PLAN_ONLY or ALLOCATE_MODE_HOLD"
        )
    if message.mode != allocation_service_pb2.ALLOCATE_MODE_HOLD:
        return
    if not request_id:
        findings.refuse("request_id", "is missing; a hold needs one so that it can be repeated")
    if message.WhichOneof("stock") == "inline_stock":
        findings.refuse(
            "inline_stock",
            "is the caller's own stock, and what is held is the ledger's; leave it out, or take "
            "ALLOCATE_MODE_PLAN_ONLY and reserve the plan where that stock is kept",
        )


def decode_hold_ttl(message: PlanningMessage, findings: Findings) -> timedelta | None:
    """Return how long a hold is to last; ``None`` if nothing is to be held."""
    if not isinstance(message, allocation_service_pb2.AllocateRequest):
        return None
    ttl: timedelta | None = DEFAULT_TTL
    if message.HasField("hold_ttl"):
        ttl = decode_duration(message.hold_ttl, "hold_ttl", findings, 1, MOST_TTL_S)
    return ttl if message.mode == allocation_service_pb2.ALLOCATE_MODE_HOLD else None
