"""JSON as people write it is read exactly, and what is wrong is told all at once."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.cli.failure import CommandError
from allocation.cli.friendly import read_document, read_message
from allocation.cli.money_text import amount_of, money_text
from allocation.v1.inline_stock_pb2 import InlineStock
from routing.errors import InvalidInputError
from routing.v1.location_pb2 import LocationKind, StockLocation
from routing.v1.order_pb2 import Order, OrderLine


def line(**fields: object) -> OrderLine:
    return read_message({"id": "1", **fields}, OrderLine)


def problems_of(value: object) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        read_message(value, Order)
    return [str(violation) for violation in caught.value.violations]


@pytest.mark.parametrize("quantity", [2, "2", "2.0", Decimal("2.00"), {"value": "2"}, {"value": 2}])
def test_a_quantity_may_be_a_number_or_a_text(quantity: object) -> None:
    assert line(quantity=quantity).quantity.value == "2"


@pytest.mark.parametrize(
    "price",
    [
        "4.50 USD",
        "4.5usd",
        {"currency": "USD", "amount": "4.50"},
        {"currency_code": "USD", "amount": Decimal("4.5")},
        {"currencyCode": "USD", "units": "4", "nanos": 500_000_000},
        {"currency": "USD", "units": 4, "nanos": 500_000_000},
    ],
)
def test_money_may_be_written_in_several_ways(price: object) -> None:
    money = line(unit_price=price).unit_price
    assert (money.currency_code, money.units, money.nanos) == ("USD", 4, 500_000_000)


def test_a_negative_amount_keeps_one_sign_in_both_parts() -> None:
    money = line(unit_price="-0.25 EUR").unit_price
    assert (money.units, money.nanos) == (0, -250_000_000)
    assert money_text(money) == "-0.25"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=9))
def test_amounts_of_money_survive_the_way_there_and_back(amount: Decimal) -> None:
    assert amount_of(line(unit_price=f"{amount:f} USD").unit_price) == amount


def test_amounts_are_shown_with_the_decimals_of_their_currency() -> None:
    assert money_text(line(unit_price="7 USD").unit_price, with_currency=True) == "7.00 USD"
    assert money_text(line(unit_price="700 JPY").unit_price) == "700"
    assert money_text(line(unit_price="0.125 USD").unit_price) == "0.125"


def test_dates_times_and_enums_may_be_short() -> None:
    order = read_message(
        {"id": "a", "deliver_by": "2026-11-05", "service_level": "same-day"}, Order
    )
    assert (order.deliver_by.year, order.deliver_by.day) == (2026, 5)
    location = read_message(
        {"id": "l", "kind": "store", "working_calendar": {"cutoffs": [{"time": "17:30"}]}},
        StockLocation,
    )
    assert location.kind == LocationKind.LOCATION_KIND_STORE
    assert location.working_calendar.cutoffs[0].time.minutes == 30


def test_both_spellings_of_a_key_are_read_but_not_at_once() -> None:
    assert line(inventoryItemId="x").inventory_item_id == "x"
    found = problems_of({"lines": [{"inventoryItemId": "x", "inventory_item_id": "x"}]})
    assert found == ["lines[0].inventory_item_id: is given twice; keep one spelling"]


def test_every_problem_is_told_at_once_with_its_path() -> None:
    found = problems_of(
        {
            "id": 7,
            "lines": [
                {"id": "1", "skuu": "x", "quantity": True},
                {"unit_price": 4, "backorder_policy": "alow", "tags": "vip"},
            ],
            "placed_time": "yesterday",
            "deliver_by": "5.11.2026",
            "destination": [],
        }
    )
    assert [each.partition(":")[0] for each in found] == [
        "id",
        "lines[0].skuu",
        "lines[0].quantity",
        "lines[1].unit_price",
        "lines[1].backorder_policy",
        "lines[1].tags",
        "placed_time",
        "deliver_by",
        "destination",
    ]
    assert "did you mean 'sku'?" in found[1]
    assert "4.50 USD" in found[3]
    assert "did you mean 'allow'?" in found[4]


@pytest.mark.parametrize("quantity", ["NaN", "1e999999999999999999x", "two", [], {"v": 1}])
def test_what_is_no_number_is_refused(quantity: object) -> None:
    assert problems_of({"lines": [{"quantity": quantity}]})


def test_a_number_too_large_for_its_field_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="rank"):
        read_message({"id": "l", "rank": 2**40}, StockLocation)


def test_a_float_is_read_as_it_is_written_not_as_the_nearest_binary(tmp_path: Path) -> None:
    file = tmp_path / "stock.json"
    file.write_text('{"items":[{"inventory_item_id":"x","levels":[{"available":0.1}]}]}')
    stock = read_message(read_document(file), InlineStock)
    assert stock.items[0].levels[0].available.value == "0.1"


def test_broken_json_is_told_with_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text('{"id": "a",\n  "lines": [}\n')
    with pytest.raises(CommandError) as caught:
        read_document(file)
    assert f"{file}:2:13" in caught.value.details[0]


def test_a_repeated_key_is_refused_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text(json.dumps({"id": "a"})[:-1] + ', "id": "b"}')
    with pytest.raises(CommandError, match="1 problem"):
        read_document(file)


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    file.write_text("\ufeff{}", encoding="utf-8")
    assert read_document(file) == {}
