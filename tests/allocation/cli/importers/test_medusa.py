"""Medusa v2 exports, as JSON and as product CSV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from allocation.cli.failure import CommandError
from allocation.cli.importers.medusa import import_medusa
from allocation.cli.importers.reading import Imported, Reading
from routing.v1.backorder_pb2 import BackorderPolicy
from routing.v1.item_pb2 import InventoryItem


def store(**changes: Any) -> dict[str, Any]:
    return {
        "stock_locations": [
            {
                "id": "sloc_1",
                "name": "Reno",
                "address": {"country_code": "us", "postal_code": "89501", "city": "Reno"},
            }
        ],
        "inventory_items": [
            {
                "id": "iitem_1",
                "sku": "MUG",
                "title": "Mug",
                "weight": 420,
                "location_levels": [
                    {"location_id": "sloc_1", "stocked_quantity": 40, "reserved_quantity": 2}
                ],
            },
            {"id": "iitem_2", "sku": "SPOON", "weight": 30, "location_levels": []},
        ],
        "products": [
            {
                "id": "prod_1",
                "title": "Mug",
                "variants": [variant("v1", "MUG", ("iitem_1", 1))],
            }
        ],
    } | changes


def variant(variant_id: str, sku: str, *parts: tuple[str, int], **fields: Any) -> dict[str, Any]:
    return {
        "id": variant_id,
        "sku": sku,
        "title": "V",
        "inventory_items": [{"inventory_item_id": i, "required_quantity": n} for i, n in parts],
    } | fields


def read(
    tmp_path: Path, *documents: dict[str, Any], unit: str | None = None
) -> tuple[Imported, Reading]:
    for number, document in enumerate(documents):
        (tmp_path / f"{number}.json").write_text(json.dumps(document), encoding="utf-8")
    reading = Reading()
    return import_medusa([tmp_path], reading, unit), reading


def items(imported: Imported) -> dict[str, InventoryItem]:
    return {item.id: item for item in imported.items}


def problems(reading: Reading) -> list[str]:
    return [problem.place.partition(".json: ")[2] for problem in reading.problems]


def test_available_is_stocked_less_reserved(tmp_path: Path) -> None:
    imported, reading = read(tmp_path, store())
    assert not reading.problems
    assert imported.stock.items[0].inventory_item_id == "iitem_1"
    assert imported.stock.items[0].levels[0].available.value == "38"
    assert imported.locations[0].address.region_code == "US"
    assert items(imported)["iitem_1"].weight_g.value == "420"


def test_a_variant_of_one_unit_of_one_item_is_that_item(tmp_path: Path) -> None:
    imported, _ = read(tmp_path, store())
    assert set(items(imported)) == {"iitem_1", "iitem_2"}


def test_a_variant_of_several_items_becomes_a_kit_that_takes_over_the_sku(tmp_path: Path) -> None:
    kit = variant("v2", "MUG", ("iitem_1", 2), ("iitem_2", 1))
    imported, reading = read(tmp_path, store(products=[{"title": "Set", "variants": [kit]}]))
    assert not reading.problems
    found = items(imported)
    assert [(c.inventory_item_id, c.required_quantity.value) for c in found["v2"].components] == [
        ("iitem_1", "2"),
        ("iitem_2", "1"),
    ]
    assert found["v2"].sku == "MUG"
    assert not found["iitem_1"].sku


def test_an_unmanaged_variant_is_an_item_whose_stock_is_not_looked_at(tmp_path: Path) -> None:
    gift = variant("v3", "GIFT", manage_inventory=False, weight=15)
    imported, _ = read(tmp_path, store(products=[{"title": "Gift", "variants": [gift]}]))
    item = items(imported)["v3"]
    assert item.backorder_policy == BackorderPolicy.BACKORDER_POLICY_IGNORE_STOCK
    assert item.weight_g.value == "15"


def test_a_managed_variant_without_items_is_a_problem(tmp_path: Path) -> None:
    broken = variant("v3", "GIFT", manage_inventory=True)
    _, reading = read(tmp_path, store(products=[{"title": "Gift", "variants": [broken]}]))
    assert problems(reading) == ["products[0].variants[0].inventory_items"]


def test_backorders_pass_to_the_item_unless_its_variants_disagree(tmp_path: Path) -> None:
    yes = variant("v1", "MUG", ("iitem_1", 1), allow_backorder=True)
    imported, _ = read(tmp_path, store(products=[{"variants": [yes]}]))
    policy = items(imported)["iitem_1"].backorder_policy
    assert policy == BackorderPolicy.BACKORDER_POLICY_ALLOW
    no = variant("v2", "MUG-2", ("iitem_1", 1), allow_backorder=False)
    imported, reading = read(tmp_path, store(products=[{"variants": [yes, no]}]))
    policy = items(imported)["iitem_1"].backorder_policy
    assert policy == BackorderPolicy.BACKORDER_POLICY_DENY
    assert any("disagree" in note for note in reading.notes)


def test_decimal_quantities_are_exact_and_set_the_scale(tmp_path: Path) -> None:
    level = {
        "inventory_item_id": "iitem_2",
        "location_id": "sloc_1",
        "stocked_quantity": 2,
        "raw_stocked_quantity": {"value": "2.25", "precision": 20},
        "reserved_quantity": 0.5,
    }
    imported, reading = read(tmp_path, store(inventory_levels=[level]))
    assert not reading.problems
    assert imported.stock.items[1].levels[0].available.value == "1.75"
    assert items(imported)["iitem_2"].quantity_scale == 2


def test_lists_may_be_spread_over_files_in_any_order(tmp_path: Path) -> None:
    whole = store()
    parts = [{key: whole[key]} for key in ("products", "stock_locations", "inventory_items")]
    imported, reading = read(tmp_path, *parts)
    assert not reading.problems
    assert len(imported.items) == 2
    assert imported.levels == 1


def test_a_page_of_a_longer_list_is_refused(tmp_path: Path) -> None:
    _, reading = read(tmp_path, store(count=213, offset=0, limit=50))
    assert "export the other pages" in reading.problems[0].message


def test_lengths_need_a_unit_that_somebody_says(tmp_path: Path) -> None:
    sized = {"id": "iitem_9", "sku": "S", "weight": 1, "length": 10, "width": 5, "height": 2.5}
    _, reading = read(tmp_path, {"inventory_items": [sized]})
    assert problems(reading) == ["inventory_items[0].length"]
    imported, reading = read(tmp_path, {"inventory_items": [sized]}, unit="in")
    assert not reading.problems
    assert imported.items[0].dimensions.length_mm.value == "254"
    assert imported.items[0].dimensions.height_mm.value == "63.5"


def test_every_broken_value_is_told_with_its_path(tmp_path: Path) -> None:
    broken = store(
        inventory_levels=[
            {"inventory_item_id": "iitem_7", "location_id": "sloc_1", "stocked_quantity": "x"},
            {"inventory_item_id": "iitem_1", "location_id": "sloc_1", "stocked_quantity": 1},
        ],
        stock_locations=["Reno"],
    )
    _, reading = read(tmp_path, broken)
    assert problems(reading) == [
        "stock_locations[0]",
        "inventory_levels[0].stocked_quantity",
        "inventory_levels[0].stocked_quantity",
        "inventory_levels[0].inventory_item_id",
        "inventory_levels[1]",
    ]


def test_a_file_with_none_of_the_lists_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="none of the lists"):
        read(tmp_path, {"orders": []})


def test_the_import_template_is_separated_by_semicolons(tmp_path: Path) -> None:
    (tmp_path / "template.csv").write_text(
        "Product Title;Product Weight;Variant Id;Variant Title;Variant SKU;Variant Weight;"
        "Variant Length;Variant Width;Variant Height;Variant Allow Backorder\n"
        "Mug, large;500;;Blue;MUG-B;420;10;9;8;true\n"
        "Mug, large;500;;Red;MUG-R;;;;;false\n",
        encoding="utf-8",
    )
    imported, reading = read(tmp_path, unit="cm")
    assert not reading.problems
    found = items(imported)
    assert found["MUG-B"].title == "Mug, large Blue"
    assert [found[sku].weight_g.value for sku in ("MUG-B", "MUG-R")] == ["420", "500"]
    assert found["MUG-B"].dimensions.length_mm.value == "100"
    assert found["MUG-B"].backorder_policy == BackorderPolicy.BACKORDER_POLICY_ALLOW


def test_the_export_is_separated_by_commas_and_has_line_breaks_in_cells(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(
        "Product Id,Product Description,Product Title,Variant Id,Variant Sku,Variant Weight\n"
        'prod_1,"one\ntwo",Mug,variant_1,,12\n'
        "prod_1,,Mug,variant_2,,heavy\n",
        encoding="utf-8",
    )
    imported, reading = read(tmp_path)
    assert set(items(imported)) == {"variant_1"}
    assert reading.problems[0].place.endswith("export.csv:4:Variant Weight")


def test_a_product_csv_adds_nothing_for_a_sku_that_the_json_has(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(
        "Variant Id,Variant SKU,Variant Weight\nv1,MUG,1\nv9,NEW,2\n", encoding="utf-8"
    )
    imported, _ = read(tmp_path, store())
    found = items(imported)
    assert found["iitem_1"].weight_g.value == "420"
    assert "v1" not in found
    assert found["v9"].sku == "NEW"
