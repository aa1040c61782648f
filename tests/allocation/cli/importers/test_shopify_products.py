"""Shopify's product export, in both layouts."""

from __future__ import annotations

from pathlib import Path

from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.shopify_products import import_shopify_products
from routing.v1.backorder_pb2 import BackorderPolicy

LEGACY = (
    "Handle,Title,Tags,Option1 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,"
    "Variant Inventory Policy,Variant Price,Image Src"
)
RENAMED = (
    "Title,URL handle,Tags,SKU,Option1 value,Price,Inventory tracker,"
    "Continue selling when out of stock,Weight value (grams),Product image URL"
)


def read(tmp_path: Path, *lines: str) -> tuple[Imported, Reading]:
    file = tmp_path / "products.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reading = Reading()
    return import_shopify_products(file, reading), reading


def test_both_layouts_give_the_same_items(tmp_path: Path) -> None:
    old, old_reading = read(
        tmp_path,
        LEGACY,
        "mug,Mug,kitchen,Large,MUG-L,420,shopify,deny,17.00,a.png",
        "mug,,,Small,MUG-S,300.5,shopify,continue,15.00,",
    )
    new, new_reading = read(
        tmp_path,
        RENAMED,
        "Mug,mug,kitchen,MUG-L,Large,17.00,shopify,DENY,420,a.png",
        ",mug,,MUG-S,Small,15.00,shopify,CONTINUE,300.5,",
    )
    assert old.items == new.items
    assert not old_reading.problems + new_reading.problems
    assert [(item.id, item.title, item.weight_g.value) for item in new.items] == [
        ("MUG-L", "Mug Large", "420"),
        ("MUG-S", "Mug Small", "300.5"),
    ]
    assert [list(item.tags) for item in new.items] == [["kitchen"], ["kitchen"]]


def test_policies_follow_tracker_and_overselling(tmp_path: Path) -> None:
    imported, _ = read(
        tmp_path,
        LEGACY,
        "a,A,,X,S1,1,shopify,deny,1,",
        "b,B,,X,S2,1,shopify,continue,1,",
        "c,C,,X,S3,1,,deny,1,",
    )
    assert [item.backorder_policy for item in imported.items] == [
        BackorderPolicy.BACKORDER_POLICY_DENY,
        BackorderPolicy.BACKORDER_POLICY_ALLOW,
        BackorderPolicy.BACKORDER_POLICY_IGNORE_STOCK,
    ]


def test_rows_that_only_add_a_picture_are_passed_over(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path, LEGACY, "mug,Mug,,Large,MUG-L,420,shopify,deny,17.00,a.png", "mug,,,,,,,,,b.png"
    )
    assert len(imported.items) == 1
    assert not reading.problems


def test_a_sku_on_two_variants_is_a_problem_that_names_both_lines(tmp_path: Path) -> None:
    row = "mug,Mug,,Large,MUG-L,420,shopify,deny,17.00,"
    imported, reading = read(tmp_path, LEGACY, row, row)
    assert len(imported.items) == 1
    assert reading.problems[0].place.endswith(":3:Variant SKU")
    assert "line 2" in reading.problems[0].message


def test_the_id_is_the_one_that_the_inventory_export_gives(tmp_path: Path) -> None:
    imported, _ = read(tmp_path, LEGACY, "tote,Tote,,Blue,,110,shopify,deny,12,")
    assert imported.items[0].id == "tote/Blue"
    assert not imported.items[0].sku


def test_a_negative_weight_is_a_problem_and_a_missing_one_is_noted(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path, LEGACY, "a,A,,X,S1,-5,shopify,deny,1,", "b,B,,X,S2,,shopify,deny,1,"
    )
    assert [item.id for item in imported.items] == ["S2"]
    assert reading.problems[0].place.endswith(":2:Variant Grams")
    assert any("no weight" in note for note in reading.notes)
