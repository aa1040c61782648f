"""Tables that are none, and numbers beyond reason: reported with their place, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocation.cli.failure import CommandError
from allocation.cli.importers.medusa import import_medusa
from allocation.cli.importers.plain_csv import import_plain_csv
from allocation.cli.importers.reading import Reading
from allocation.cli.importers.shopify_orders import import_shopify_orders
from allocation.cli.money_text import MOST_DIGITS_AFTER, MOST_DIGITS_BEFORE, decimal_of
from routing.errors import InvalidInputError
from routing.rating.load_transit import parse_transit

HEADER = "id,sku,weight_kg,length_cm,width_cm,height_cm,unit_value,currency,quantity_scale\n"
ORDERS = (
    "Name,Currency,Created at,Lineitem quantity,Lineitem price,Lineitem sku,"
    "Shipping Zip,Shipping Country\n"
)


def problems_of_items(tmp_path: Path, row: str) -> list[str]:
    file = tmp_path / "items.csv"
    file.write_text(HEADER + row, encoding="utf-8")
    reading = Reading()
    import_plain_csv(reading, items=file)
    return [str(each) for each in reading.problems]


def test_a_quote_that_is_never_closed_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_text(HEADER + 'mug,"MUG-1,1,1\n' + "tea,TEA-1,1,1\n" * 20_000, encoding="utf-8")
    with pytest.raises(CommandError, match=r"items\.csv:2: is no CSV: .* check the quotes"):
        import_plain_csv(Reading(), items=file)
    with pytest.raises(InvalidInputError) as caught:
        parse_transit('carrier,service\nusps,"' + "x" * 140_000)
    assert any("check the quotes" in each.message for each in caught.value.violations)


@pytest.mark.parametrize(
    "cell", ["1e999", "1E+9999999", "9" * 16, "1e-13", "0." + "0" * 400 + "1", "1e-999", "nan"]
)
@pytest.mark.parametrize("column", ["weight_kg", "length_cm", "unit_value", "quantity_scale"])
def test_numbers_beyond_reason_are_reported(tmp_path: Path, column: str, cell: str) -> None:
    cells = dict.fromkeys(HEADER.strip().split(","), "1") | {"id": "mug", "currency": "USD"}
    (problem,) = problems_of_items(tmp_path, ",".join((cells | {column: cell}).values()) + "\n")
    assert problem.startswith(f"{tmp_path / 'items.csv'}:2:{column}: ")
    assert len(problem) < 300


def test_the_largest_and_the_finest_number_that_can_be_read() -> None:
    for text in ("9" * MOST_DIGITS_BEFORE, "0." + "0" * (MOST_DIGITS_AFTER - 1) + "1", "-0"):
        assert decimal_of(text).is_finite()


def test_amounts_have_nine_decimals_at_most(tmp_path: Path) -> None:
    row = "mug,MUG-1,1,,,,0.0000000001,USD,0\n"
    (problem,) = problems_of_items(tmp_path, row)
    assert "unit_value" in problem
    assert "nine decimals" in problem
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS + "#1,USD,2026-11-02 10:00:00 -0500,1,0.0000000001,MUG-1,98101,US\n")
    reading = Reading()
    import_shopify_orders(file, reading)
    assert any("nine decimals" in str(each) for each in reading.problems)


def test_a_weight_of_medusas_beyond_reason_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text(
        "Product Id;Product Handle;Variant Id;Variant SKU;Variant Weight\n"
        "prod_1;mug;variant_1;MUG-1;3501e999\n"
    )
    reading = Reading()
    import_medusa([file], reading, "cm")
    assert any("digits before the point" in str(each) for each in reading.problems)
