"""Small backtests in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from allocation.backtest.case import BacktestCase, Contender, PastOrder, make_case
from routing.ids import OrderId
from routing.order import Order, OrderLine
from routing.sourcing.policy import Policy
from tests.networks import NOW, item, kit, line, network, order, stock

NETWORK = network([item("cup"), item("pot", 3), item("pan", 8), kit("set", cup=2, pot=1)])
CHEAPEST = Contender("cheapest", Policy())
FEWEST = Contender(
    "fewest", Policy(name="fewest", objectives=("fewest_shipments", "closest", "ranked"))
)
SPLITTING = Contender("splitting", Policy(name="splitting", line_split=True))


def past(number: int, lines: Iterable[OrderLine], zip_code: str = "10001", **more: object) -> Order:
    """Return an order placed `number` minutes after the first."""
    base = order(lines, zip_code, id=OrderId(f"o{number:03d}"))
    return replace(base, placed_time=NOW + timedelta(minutes=number), **more)  # type: ignore[arg-type]


def cups(number: int, quantity: int = 1, zip_code: str = "10001", **more: object) -> Order:
    """Return an order for cups alone."""
    return past(number, [line(1, "cup", quantity)], zip_code, **more)


def case(
    orders: Iterable[Order],
    levels: Mapping[str, Mapping[str, int]],
    contenders: Iterable[Contender] = (CHEAPEST,),
) -> BacktestCase:
    """Return a case over the shared network."""
    return make_case(
        [PastOrder(each) for each in orders], NETWORK, stock(**levels), contenders, budget_s=30.0
    )
