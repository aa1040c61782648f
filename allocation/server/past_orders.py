"""Orders, levels and past choices for a backtest, read as a request of the service would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from allocation.backtest.case import PastOrder
from allocation.engine_api import Baseline
from allocation.errors import EngineError
from allocation.server.codec.baseline import decode_baseline
from allocation.server.codec.findings import Findings
from allocation.server.codec.money import order_money
from allocation.server.codec.names import Names
from allocation.server.codec.order import decode_order
from allocation.server.codec.stock import decode_stock
from allocation.server.codec.times import EARLIEST_TIME
from allocation.server.limits import RequestLimits
from allocation.server.network_state import NetworkState
from allocation.server.order_size import check_order_size
from allocation.v1 import alternative_pb2, inline_stock_pb2
from routing.order import Order
from routing.rules import RuleSet
from routing.sourcing.stock import InlineStockView
from routing.v1 import order_pb2


@dataclass(slots=True)
class PastOrders:
    """What was read.

    Attributes
    ----------
    orders
        Those without a problem, in the sequence of the input.
    problems
        Every problem of the others, each with the order's place and id.
    """

    orders: list[PastOrder] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def decode_past_orders(
    messages: Sequence[order_pb2.Order],
    baselines: Mapping[str, alternative_pb2.Baseline],
    state: NetworkState,
    rule_sets: Sequence[RuleSet],
    advance: Callable[[int], None] = lambda _: None,
) -> PastOrders:
    """Return orders that can be planned again, and what is wrong with the rest.

    Parameters
    ----------
    baselines
        By order id, the choice made at the time; orders without one are fine.
    rule_sets
        An order must not be so large that some of them could not reckon with it.
    advance
        Called with the number of orders read since the last call.
    """
    found = PastOrders()
    for number, message in enumerate(messages):
        try:
            past = _past_order(message, baselines.get(message.id), state, rule_sets)
        except EngineError as error:
            at = f"orders[{number}] ({message.id})" if message.id else f"orders[{number}]"
            inner = [str(each).removeprefix("order.") for each in error.violations]
            found.problems += [f"{at}: {each}" for each in inner or [error.message]]
        else:
            found.orders.append(past)
        advance(1)
    return found


def decode_levels(
    message: inline_stock_pb2.InlineStock, state: NetworkState
) -> tuple[InlineStockView, tuple[str, ...]]:
    """Return the stock before the first order, and warnings.

    Raises
    ------
    InvalidRequestError
        With every level that is none.
    """
    findings = Findings()
    levels = decode_stock(message, "stock", findings, state.network)
    findings.raise_if_refused()
    return levels, findings.all_warnings()


def _past_order(
    message: order_pb2.Order,
    baseline: alternative_pb2.Baseline | None,
    state: NetworkState,
    rule_sets: Sequence[RuleSet],
) -> PastOrder:
    RequestLimits().check("lines", len(message.lines))
    findings = Findings()
    names = Names(state.network)
    if not message.HasField("placed_time"):
        findings.refuse("placed_time", "is missing; orders take stock in the order of time")
    money = order_money(message, findings, state.currencies)
    order = decode_order(message, findings, money, names, EARLIEST_TIME)
    choice = _baseline(baseline, order, findings, names)
    findings.raise_if_refused()
    for each in rule_sets:
        rules = each.at(order.placed_time)
        check_order_size(order, state.network, rules, state.dearest_parcel_minor, findings)
    findings.raise_if_refused()
    names.raise_if_unknown()
    return PastOrder(order, choice)


def _baseline(
    message: alternative_pb2.Baseline | None, order: Order, findings: Findings, names: Names
) -> Baseline | None:
    if message is None:
        return None
    line_ids = {line.id for line in order.lines}
    most = RequestLimits().levels
    return decode_baseline(message, "baseline", findings, names, line_ids, most)
