"""Money is exact in minor units or refused."""

from __future__ import annotations

import pytest
from google.type import money_pb2
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.codec.findings import Findings
from allocation.server.codec.money import MOST_MINOR, MoneyReader, encode_money, exact_minor


def money(code: str, units: int = 0, nanos: int = 0) -> money_pb2.Money:
    return money_pb2.Money(currency_code=code, units=units, nanos=nanos)


@pytest.mark.parametrize(
    ("given_money", "minor"),
    [
        (money("USD", 7, 100_000_000), 710),
        (money("USD", -7, -100_000_000), -710),
        (money("USD", 0, -10_000_000), -1),
        (money("JPY", 980), 980),
        (money("BHD", 1, 5_000_000), 1_005),
    ],
)
def test_each_currency_has_its_own_minor_unit(given_money: money_pb2.Money, minor: int) -> None:
    assert exact_minor(given_money, given_money.currency_code) == minor


@pytest.mark.parametrize(
    "given_money",
    [
        money("USD", 7, 1),
        money("USD", 7, 1_000_000),
        money("JPY", 7, 500_000_000),
        money("BHD", 1, 500_000),
        money("USD", 7, -100_000_000),
        money("USD", -7, 100_000_000),
        money("USD", 0, 1_000_000_000),
        money("USD", 0, -1_000_000_000),
    ],
)
def test_finer_than_the_minor_unit_or_of_two_signs_is_refused(given_money: money_pb2.Money) -> None:
    findings = Findings()
    assert MoneyReader(findings, None, "").minor(given_money, "price") == 0
    assert [each.path for each in findings.violations] == ["price"]


@given(st.integers(-(10**15), 10**15), st.sampled_from(["USD", "JPY", "BHD", "EUR", "CLP", "KWD"]))
def test_what_is_written_reads_back_as_the_same_amount(minor: int, currency: str) -> None:
    written = encode_money(minor, currency)
    assert exact_minor(written, currency) == minor
    assert written.units * written.nanos >= 0


def test_amounts_of_another_currency_than_the_order_are_refused() -> None:
    findings = Findings()
    MoneyReader(findings, "USD", "the order").minor(money("EUR", 1), "unit_price")
    assert [str(each) for each in findings.violations] == [
        "unit_price.currency_code: is EUR; the order is in USD"
    ]


def test_without_a_currency_the_first_amount_sets_it_for_the_others() -> None:
    findings = Findings()
    reader = MoneyReader(findings, None, "the location")
    assert reader.minor(money("EUR", 1), "per_shipment") == 100
    reader.minor(money("USD", 1), "per_line")
    assert [each.path for each in findings.violations] == ["per_line.currency_code"]


@pytest.mark.parametrize("code", ["", "usd", "US", "USDX", "\u20ac", "12A"])
def test_an_amount_without_a_currency_code_is_refused(code: str) -> None:
    findings = Findings()
    MoneyReader(findings, None, "").minor(money(code, 1), "price")
    assert [each.path for each in findings.violations] == ["price.currency_code"]


def test_a_price_is_never_negative_and_at_most_the_limit() -> None:
    findings = Findings()
    reader = MoneyReader(findings, None, "")
    assert reader.minor(encode_money(MOST_MINOR, "USD"), "a") == MOST_MINOR
    assert not findings.violations
    reader.minor(encode_money(MOST_MINOR + 1, "USD"), "b")
    reader.minor(encode_money(-1, "USD"), "c")
    assert [each.path for each in findings.violations] == ["b", "c"]
