"""ShipFrom's own CSV tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocation.cli.importers.plain_csv import import_plain_csv
from allocation.cli.importers.reading import Imported, Reading
from routing.v1.item_pb2 import ItemTracking, PickOrder
from routing.v1.location_pb2 import LocationKind


def read(tmp_path: Path, name: str, *lines: str) -> tuple[Imported, Reading]:
    file = tmp_path / f"{name}.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reading = Reading()
    return import_plain_csv(reading, **{name: file}), reading


def places(reading: Reading) -> list[str]:
    return [problem.place.rpartition(".csv")[2] for problem in reading.problems]


def test_a_location_has_its_address_handling_costs_and_words(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path,
        "locations",
        "id,name,kind,country,postal_code,per_shipment,per_unit,currency,tags,rank",
        "bos,Boston,store,us,2108,1.25,0.1,USD,cold; hazmat,3",
    )
    assert not reading.problems
    location = imported.locations[0]
    assert location.kind == LocationKind.LOCATION_KIND_STORE
    assert location.address.postal_code == "02108"
    assert location.handling_cost.per_shipment.nanos == 250_000_000
    assert not location.handling_cost.HasField("per_line")
    assert (list(location.tags), location.rank) == (["cold", "hazmat"], 3)


@pytest.mark.parametrize(
    ("column", "value", "weight_g"),
    [
        ("weight_g", "12.5", "12.5"),
        ("weight_kg", "1.5", "1500"),
        ("weight_lb", "1", "453.59237"),
        ("weight_oz", "1", "28.349523"),
    ],
)
def test_weights_have_their_unit_in_the_column(
    tmp_path: Path, column: str, value: str, weight_g: str
) -> None:
    imported, _ = read(tmp_path, "items", f"id,{column}", f"a,{value}")
    assert imported.items[0].weight_g.value == weight_g


def test_inches_are_exact(tmp_path: Path) -> None:
    imported, _ = read(tmp_path, "items", "id,length_in,width_in,height_in", "a,12,0.5,1")
    size = imported.items[0].dimensions
    assert (size.length_mm.value, size.width_mm.value, size.height_mm.value) == (
        "304.8",
        "12.7",
        "25.4",
    )


def test_orders_group_their_rows(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path,
        "orders",
        "order_id,country,postal_code,residential,deliver_by,sku,quantity,unit_price,currency",
        "o1,US,2108,yes,2026-11-05,MUG,2,17.00,USD",
        "o1,,,,,TOTE,1,20,USD",
    )
    assert not reading.problems
    order = imported.orders[0]
    assert order.destination.residential
    assert order.deliver_by.day == 5
    assert [line.id for line in order.lines] == ["1", "2"]


def test_an_order_to_a_country_without_postal_codes_needs_none(tmp_path: Path) -> None:
    columns = "order_id,country,postal_code,sku,quantity"
    imported, reading = read(tmp_path, "orders", columns, "o1,hk,,MUG,2")
    assert not reading.problems
    assert imported.orders[0].destination.address.region_code == "HK"


def test_all_problems_of_a_table_are_told_at_once(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path,
        "locations",
        "id,kind,country,postal_code,latitude,longitude,per_shipment,currency,rank",
        "a,shop,US,02108,,,,,",
        ",store,US,02108,91,0,,,",
        "b,store,US,,10,,1.00,,1.5",
        "c,store,US,02108,,,,,",
        "c,store,US,02108,,,,,",
    )
    assert places(reading) == [
        ":2:kind",
        ":3:id",
        ":3:latitude",
        ":4:rank",
        ":4:postal_code",
        ":4:latitude",
        ":4:currency",
        ":6:id",
    ]
    assert [each.id for each in imported.locations] == ["c"]


def test_an_unknown_column_is_a_problem_with_a_hint(tmp_path: Path) -> None:
    _, reading = read(tmp_path, "items", "id,wieght_g", "a,1")
    assert places(reading) == [":1:wieght_g"]
    assert "weight_g" in reading.problems[0].message


def test_a_missing_column_is_a_problem_with_a_hint(tmp_path: Path) -> None:
    _, reading = read(tmp_path, "levels", "item,location_id,available", "a,b,1")
    assert ":1:item_id" in places(reading)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("o,US,02108,MUG,i1,1", "sku"),
        ("o,US,02108,,,1", "sku"),
        ("o,US,02108,MUG,,0", "quantity"),
        ("o,US,02108,MUG,,", "quantity"),
        ("o,US,,MUG,,1", "postal_code"),
    ],
)
def test_an_order_that_cannot_be_meant_is_a_problem(tmp_path: Path, row: str, column: str) -> None:
    imported, reading = read(
        tmp_path, "orders", "order_id,country,postal_code,sku,item_id,quantity", row
    )
    assert places(reading) == [f":2:{column}"]
    assert not imported.orders


def test_two_weights_or_two_sizes_contradict_each_other(tmp_path: Path) -> None:
    _, reading = read(
        tmp_path,
        "items",
        "id,weight_g,weight_lb,length_mm,width_mm,height_mm,length_in,width_in,height_in",
        "a,1,1,1,1,1,1,1,1",
    )
    assert places(reading) == [":2:weight_lb", ":2:length_in", ":2:width_in", ":2:height_in"]


def test_levels_may_be_negative_and_fractional(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path, "levels", "item_id,location_id,available", "a,x,-2", "a,y,0.5"
    )
    assert not reading.problems
    assert [each.available.value for each in imported.stock.items[0].levels] == ["-2", "0.5"]


def test_items_can_be_kits_tracked_and_waited_for(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path,
        "items",
        "id,tracking,pick_order,min_remaining_shelf_life_days,backorder_limit,lead_time_days,"
        "release_time,components,substitutes",
        "tea,lot,fifo,30,7.5,14,2026-12-01T00:00:00Z,,coffee; cocoa",
        "set,,,,,,,tea*2.5; mug,",
    )
    assert not reading.problems
    tea, kit = imported.items
    assert (tea.tracking, tea.pick_order) == (
        ItemTracking.ITEM_TRACKING_LOT,
        PickOrder.PICK_ORDER_FIFO,
    )
    assert (tea.min_remaining_shelf_life_days, tea.backorder_limit.value) == (30, "7.5")
    assert (tea.lead_time_days, tea.release_time.ToJsonString()) == (14, "2026-12-01T00:00:00Z")
    assert list(tea.substitute_item_ids) == ["coffee", "cocoa"]
    parts = [(one.inventory_item_id, one.required_quantity.value) for one in kit.components]
    assert parts == [("tea", "2.5"), ("mug", "1")]
    assert not kit.HasField("lead_time_days")
    assert not kit.HasField("backorder_limit")


def test_what_items_say_of_kits_and_dates_has_to_make_sense(tmp_path: Path) -> None:
    _, reading = read(
        tmp_path,
        "items",
        "id,tracking,release_time,components,backorder_limit",
        "a,lots,soon,tea*x,-1",
        "b,,,tea*0,",
    )
    assert places(reading) == [
        ":2:tracking",
        ":2:backorder_limit",
        ":2:release_time",
        ":2:components",
        ":3:components",
    ]
