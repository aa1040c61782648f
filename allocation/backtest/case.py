"""What is tried on what: past orders, the stock they met, and the rule sets to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allocation.engine_api import Baseline
from routing.network import Network
from routing.order import Order
from routing.rules import RuleSet
from routing.sourcing.policy import Policy, PolicySource
from routing.sourcing.stock import InlineStockView


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order as it came, with the choice of locations made at the time if it is known."""

    order: Order
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True)
class Contender:
    """A rule set, or plain knobs, under a name that tells it from the others."""

    name: str
    rules: RuleSet | Policy

    def at(self, decision_time: datetime) -> PolicySource:
        """Return what it says at a moment: an aware datetime."""
        return self.rules if isinstance(self.rules, Policy) else self.rules.at(decision_time)


@dataclass(frozen=True, slots=True)
class BacktestCase:
    """Everything a backtest depends on; made by `make_case`.

    Attributes
    ----------
    orders
        By the time they were placed, then by id: the sequence in which they take stock.
    stock
        Before the first order. Every contender starts with all of it.
    contenders
        At least one; the first is what the others are compared with.
    budget_s
        Most seconds for one search. Only a search that cannot finish uses it up; its
        answer then depends on the machine, and the result says how many there are.
    uses_up_stock
        Whether orders take from the stock that later ones meet; else each meets all of it.
    """

    orders: tuple[PastOrder, ...]
    network: Network
    stock: InlineStockView
    contenders: tuple[Contender, ...]
    budget_s: float = 1.0
    uses_up_stock: bool = True


def make_case(
    orders: Iterable[PastOrder],
    network: Network,
    stock: InlineStockView,
    contenders: Iterable[Contender],
    budget_s: float = 1.0,
    *,
    uses_up_stock: bool = True,
) -> BacktestCase:
    """Put a case together; see `BacktestCase`.

    Raises
    ------
    ValueError
        Without orders or contenders, or when two orders or two contenders have one name.
    """
    in_time = tuple(sorted(orders, key=lambda each: (each.order.placed_time, each.order.id)))
    compared = tuple(contenders)
    if not in_time or not compared:
        raise ValueError("a backtest needs at least one order and one rule set")
    for what, counts in (
        ("order", Counter(str(each.order.id) for each in in_time)),
        ("rule set", Counter(each.name for each in compared)),
    ):
        twice = sorted(name for name, count in counts.items() if count > 1)
        if twice:
            raise ValueError(f"{what}(s) that appear twice: {', '.join(twice[:10])}; keep one each")
    return BacktestCase(in_time, network, stock, compared, budget_s, uses_up_stock)
