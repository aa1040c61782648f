"""Most lines are read in a shorter way, and come out the same."""

from __future__ import annotations

from unittest.mock import patch

from google.type import decimal_pb2, money_pb2
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.codec import order_line
from allocation.server.codec.findings import Findings
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.names import Names
from allocation.server.codec.order_line import decode_line
from routing.order import OrderLine
from routing.v1 import order_pb2
from tests.networks import item, kit, network

NETWORK = network([item("cup"), item("silk", quantity_scale=2), item("pan"), kit("set", pan=2)])
Read = tuple[OrderLine, list[str], str | None]


def read(message: order_pb2.OrderLine, currency: str | None) -> Read:
    findings, names = Findings(), Names(NETWORK)
    money = MoneyReader(findings, currency, "the order")
    line = decode_line(message, "line", findings, money, names)
    problems = [str(each) for each in findings.violations]
    try:
        names.raise_if_unknown()
    except Exception as error:  # noqa: BLE001  # compared, whatever it is
        problems.append(str(error))
    return line, problems, money.currency


@given(
    line_id=st.sampled_from(["line-1", "", "x" * 129, "a\tb"]),
    item_id=st.sampled_from(["cup", "silk", "set", "nobody", ""]),
    quantity=st.sampled_from(["1", "3", "0", "0.25", "0.001", "1000000", "1000001", "-1", "", "x"]),
    money=st.builds(
        money_pb2.Money,
        currency_code=st.sampled_from(["USD", "EUR", "", "usd"]),
        units=st.sampled_from([0, 5, -1, 10**12]),
        nanos=st.sampled_from([0, 990_000_000, 1, -10_000_000]),
    ),
    currency=st.sampled_from(["USD", "JPY", None]),
    group=st.sampled_from(["", "", "g"]),
)
def test_a_plain_line_is_read_as_any_other(line_id, item_id, quantity, money, currency, group):
    message = order_pb2.OrderLine(
        id=line_id,
        inventory_item_id=item_id,
        quantity=decimal_pb2.Decimal(value=quantity),
        unit_price=money,
        ship_together_group=group,
    )
    shorter = read(message, currency)
    with patch.object(order_line, "plain_line", return_value=None):
        assert shorter == read(message, currency)


def test_most_lines_are_plain():
    price = money_pb2.Money(currency_code="USD", units=5)
    one = decimal_pb2.Decimal(value="1")
    message = order_pb2.OrderLine(
        id="line-1", inventory_item_id="cup", quantity=one, unit_price=price
    )
    with patch.object(order_line, "decode_id", side_effect=AssertionError):
        line, problems, _ = read(message, "USD")
    assert (line.item_id, line.quantity_e6, line.unit_price_minor) == ("cup", 1_000_000, 500)
    assert problems == []
