"""Decimals are exact or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.codec.decimal import (
    decode_quantity_e6,
    decode_scaled,
    encode_decimal,
    parse_e6,
)
from allocation.server.codec.findings import Findings


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("2", 2_000_000),
        ("-3", -3_000_000),
        ("0.25", 250_000),
        ("453.59237", 453_592_370),
        ("0.000001", 1),
        ("007", 7_000_000),
        ("999999999999.999999", 999_999_999_999_999_999),
    ],
)
def test_plain_digits_are_read_exactly(text: str, value: int) -> None:
    assert parse_e6(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "+1",
        "--1",
        ".5",
        "5.",
        "1,5",
        "1e3",
        "1E-400",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "\u0661",
        "0.0000001",
        "1000000000000",
        "9" * 100_000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    assert parse_e6(text) is None


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_what_is_written_reads_back_as_the_same_number(value_e6: int) -> None:
    assert parse_e6(encode_decimal(value_e6, 6).value) == value_e6


@given(st.integers(-(10**12) + 1, 10**12 - 1), st.integers(0, 6))
def test_a_quantity_of_any_scale_is_written_without_needless_digits(
    increments: int, scale: int
) -> None:
    text = encode_decimal(increments, scale).value
    assert parse_e6(text) == increments * 10 ** (6 - scale)
    assert "." not in text or not text.endswith(("0", "."))


def test_a_quantity_of_exactly_a_million_is_allowed_and_a_millionth_more_is_not() -> None:
    findings = Findings()
    assert decode_quantity_e6("1000000", "quantity", findings) == 10**12
    assert not findings.violations
    assert decode_quantity_e6("1000000.000001", "quantity", findings) is None
    assert [each.path for each in findings.violations] == ["quantity"]


@pytest.mark.parametrize("text", ["0", "-1", "-0.000001"])
def test_a_quantity_of_nothing_or_less_is_refused(text: str) -> None:
    findings = Findings()
    assert decode_quantity_e6(text, "quantity", findings) is None
    assert findings.violations


def test_a_quantity_fits_a_scale_when_no_digit_is_lost() -> None:
    findings = Findings()
    assert decode_scaled(250_000, 2, "quantity", findings, "the item")
    assert not decode_scaled(250_000, 1, "quantity", findings, "the item")
    assert str(findings.violations[0]) == "quantity: is 0.25; the item allows 1 decimals"
