"""Shopify's order export: every known trap."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocation.cli.importers.postal import cleaned_postal
from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.shopify_orders import import_shopify_orders

COLUMNS = (
    "Name,Email,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
    "Lineitem requires shipping,Lineitem fulfillment status,Shipping Zip,Shipping Country,"
    "Cancelled at,Tags"
)
TIME = "2026-11-02 10:14:58 -0500"
FIRST = f'#1,a@example.com,USD,{TIME},2,"Mug, large",17.00,MUG-L,true,pending,\'02108,US,,web'
SECOND = f"#1,a@example.com,,{TIME},1,Tote,20.00,TOTE-B,true,pending,,,,"
OTHER = f"#2,b@example.com,USD,{TIME},1,Mug,17.00,MUG-L,true,fulfilled,'89501,US,,"


def read(tmp_path: Path, *lines: str, open_only: bool = False) -> tuple[Imported, Reading]:
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reading = Reading()
    return import_shopify_orders(file, reading, open_only=open_only), reading


def test_rows_of_one_name_are_one_order_with_the_first_rows_columns(tmp_path: Path) -> None:
    imported, reading = read(tmp_path, COLUMNS, FIRST, SECOND, OTHER)
    assert not reading.problems
    assert [order.id for order in imported.orders] == ["#1", "#2"]
    order = imported.orders[0]
    assert [(line.id, line.sku, line.quantity.value) for line in order.lines] == [
        ("1", "MUG-L", "2"),
        ("2", "TOTE-B", "1"),
    ]
    assert order.destination.address.postal_code == "02108"
    assert order.lines[1].unit_price.currency_code == "USD"
    assert list(order.tags) == ["web"]


def test_a_country_without_postal_codes_needs_none(tmp_path: Path) -> None:
    abroad = OTHER.replace("'89501,US", ",HK")
    imported, reading = read(tmp_path, COLUMNS, FIRST, SECOND, abroad)
    assert not reading.problems
    address = imported.orders[1].destination.address
    assert (address.region_code, address.postal_code) == ("HK", "")


def test_rows_of_one_order_need_not_stand_together(tmp_path: Path) -> None:
    imported, _ = read(tmp_path, COLUMNS, FIRST, OTHER, SECOND)
    assert [len(order.lines) for order in imported.orders] == [2, 1]


def test_a_time_with_an_offset_becomes_utc(tmp_path: Path) -> None:
    imported, _ = read(tmp_path, COLUMNS, FIRST)
    assert imported.orders[0].placed_time.ToJsonString() == "2026-11-02T15:14:58Z"


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("'02108", "US", "02108"),
        ("2108", "US", "02108"),
        ("501", "US", "00501"),
        ("2108-1234", "US", "02108-1234"),
        ("'K1A 0B1", "CA", "K1A 0B1"),
        ("1010", "AT", "1010"),
    ],
)
def test_a_zip_gets_its_zeros_back_and_loses_its_apostrophe(
    text: str, country: str, code: str
) -> None:
    assert cleaned_postal(text, country) == code


def test_columns_that_older_exports_lack_may_be_missing(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path,
        "Name,Lineitem quantity,Lineitem sku,Shipping Zip,Shipping Country",
        "#1,1,MUG-L,02108,US",
    )
    assert not reading.problems
    assert len(imported.orders) == 1


def test_a_line_that_needs_no_shipping_says_so(tmp_path: Path) -> None:
    download = f"#1,,,{TIME},1,Song,1.00,SONG,false,,,,,"
    imported, _ = read(tmp_path, COLUMNS, FIRST, download)
    first, second = imported.orders[0].lines
    assert not first.HasField("requires_shipping")
    assert second.requires_shipping is False


def test_an_order_in_which_nothing_ships_is_left_out_with_a_note(tmp_path: Path) -> None:
    download = f"#3,,USD,{TIME},1,Song,1.00,SONG,false,,,,,"
    imported, reading = read(tmp_path, COLUMNS, download)
    assert not imported.orders
    assert not reading.problems
    assert len(reading.notes) == 1


def test_one_bad_row_takes_its_whole_order_along_and_no_other(tmp_path: Path) -> None:
    bad = f"#1,,,{TIME},many,Tote,20.00,-,true,,,,,"
    imported, reading = read(tmp_path, COLUMNS, FIRST, bad, OTHER)
    assert [order.id for order in imported.orders] == ["#2"]
    assert [problem.place.rpartition("orders.csv")[2] for problem in reading.problems] == [
        ":3:Lineitem sku",
        ":3:Lineitem quantity",
    ]


def test_a_row_with_too_many_cells_takes_its_order_along(tmp_path: Path) -> None:
    imported, reading = read(tmp_path, COLUMNS, FIRST, f"{SECOND},surplus")
    assert not imported.orders
    assert len(reading.problems) == 1


def test_open_only_leaves_out_what_is_cancelled_or_fulfilled(tmp_path: Path) -> None:
    cancelled = f"#4,,USD,{TIME},1,Mug,17.00,MUG-L,true,pending,'02108,US,{TIME},"
    imported, _ = read(tmp_path, COLUMNS, FIRST, OTHER, cancelled, open_only=True)
    assert [order.id for order in imported.orders] == ["#1"]
    everything, _ = read(tmp_path, COLUMNS, FIRST, OTHER, cancelled)
    assert len(everything.orders) == 3


def test_nothing_personal_is_carried_over(tmp_path: Path) -> None:
    imported, _ = read(tmp_path, COLUMNS, FIRST, SECOND)
    assert b"example.com" not in imported.orders[0].SerializeToString()


def test_a_time_without_an_offset_is_a_problem(tmp_path: Path) -> None:
    _, reading = read(tmp_path, COLUMNS, FIRST.replace(" -0500", ""))
    assert reading.problems[0].place.endswith(":2:Created at")
