"""Shopify's inventory export: every known trap."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.shopify_inventory import import_shopify_inventory

HEADER_2024 = (
    "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,"
    "SKU,HS Code,COO,Location,Bin name,Incoming (not editable),Unavailable (not editable),"
    "Committed (not editable),Available (not editable),On hand (current),On hand (new)"
)
HEADER_2023 = (
    "Handle,Title,Option1 Name,Option1 Value,SKU,Location,Incoming,Unavailable,Committed,"
    "Available,On hand"
)
MUG = "mug,Mug,Title,Default Title,,,,,MUG-L,6912.00,PT"


def read(
    tmp_path: Path, *lines: str, known: Mapping[str, str] | None = None
) -> tuple[Imported, Reading]:
    file = tmp_path / "inventory.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reading = Reading()
    return import_shopify_inventory(file, reading, known), reading


def levels(imported: Imported) -> dict[tuple[str, str], str]:
    return {
        (item.inventory_item_id, level.location_id): level.available.value
        for item in imported.stock.items
        for level in item.levels
    }


def test_available_is_on_hand_less_committed_less_unavailable(tmp_path: Path) -> None:
    imported, reading = read(tmp_path, HEADER_2024, f"{MUG},Reno FC,A-01,0,1,2,37,40,")
    assert levels(imported) == {("MUG-L", "reno-fc"): "37"}
    assert not reading.problems
    assert [each.name for each in imported.locations] == ["Reno FC"]


def test_on_hand_new_is_an_instruction_and_never_the_count(tmp_path: Path) -> None:
    imported, _ = read(tmp_path, HEADER_2024, f"{MUG},Reno FC,A-01,0,0,0,40,40,999")
    assert levels(imported) == {("MUG-L", "reno-fc"): "40"}


def test_incoming_units_are_not_on_hand(tmp_path: Path) -> None:
    imported, _ = read(tmp_path, HEADER_2024, f"{MUG},Reno FC,,12,0,0,5,5,")
    assert levels(imported) == {("MUG-L", "reno-fc"): "5"}


@pytest.mark.parametrize("words", ["not stocked", "Not Stocked", "NOT STOCKED"])
def test_not_stocked_is_no_level_rather_than_zero(tmp_path: Path, words: str) -> None:
    imported, reading = read(tmp_path, HEADER_2024, f"{MUG},Reno FC,,0,0,0,{words},{words},")
    assert levels(imported) == {}
    assert not reading.problems


def test_an_available_that_does_not_add_up_is_noted_and_the_sum_is_used(tmp_path: Path) -> None:
    imported, reading = read(tmp_path, HEADER_2024, f"{MUG},Reno FC,,0,1,2,40,40,")
    assert levels(imported) == {("MUG-L", "reno-fc"): "37"}
    assert any("37 is used" in note for note in reading.notes)


@pytest.mark.parametrize(
    ("sku", "item_id"), [("", "tote/Blue"), ("-", "tote/Blue"), ("T-1", "T-1")]
)
def test_without_a_sku_handle_and_options_name_the_variant(
    tmp_path: Path, sku: str, item_id: str
) -> None:
    row = f"tote,Tote,Colour,Blue,,,,,{sku},,,Reno FC,,0,0,0,4,4,"
    imported, _ = read(tmp_path, HEADER_2024, row)
    assert levels(imported) == {(item_id, "reno-fc"): "4"}


def test_default_title_is_not_part_of_a_name(tmp_path: Path) -> None:
    row = "mug,Mug,Title,Default Title,,,,,,,,Reno FC,,0,0,0,4,4,"
    imported, _ = read(tmp_path, HEADER_2024, row)
    assert levels(imported) == {("mug", "reno-fc"): "4"}


def test_headers_without_suffixes_are_read_alike(tmp_path: Path) -> None:
    row = "mug,Mug,Title,Default Title,MUG-L,Reno FC,0,1,0,4,5"
    imported, _ = read(tmp_path, HEADER_2023, row)
    assert levels(imported) == {("MUG-L", "reno-fc"): "4"}


def test_the_wide_layout_has_a_column_per_location(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path,
        "Handle,Title,Option1 Name,Option1 Value,SKU,HS Code,COO,Reno FC,Dallas store",
        "mug,Mug,Title,Default Title,MUG-L,,,12,not stocked",
    )
    assert levels(imported) == {("MUG-L", "reno-fc"): "12"}
    assert {each.name for each in imported.locations} == {"Reno FC", "Dallas store"}
    assert not reading.problems


def test_names_are_matched_with_known_locations_and_strangers_are_problems(tmp_path: Path) -> None:
    imported, reading = read(
        tmp_path,
        HEADER_2024,
        f"{MUG},Reno FC,,0,0,0,4,4,",
        f"{MUG},Dallas store,,0,0,0,4,4,",
        known={"Reno FC": "sloc_1"},
    )
    assert levels(imported) == {("MUG-L", "sloc_1"): "4"}
    assert not imported.locations
    assert [problem.place.rpartition("inventory.csv")[2] for problem in reading.problems] == [
        ":3:Location"
    ]


def test_every_bad_cell_is_told_with_line_and_column_as_in_the_file(tmp_path: Path) -> None:
    _, reading = read(
        tmp_path,
        HEADER_2024,
        f"{MUG},Reno FC,,0,0,none,4,4,",
        f"{MUG},Dallas,,0,0,0,4,,",
        ",,,,,,,,,,,Reno FC,,0,0,0,4,4,",
    )
    assert [problem.place.rpartition("inventory.csv")[2] for problem in reading.problems] == [
        ":2:Committed (not editable)",
        ":3:On hand (current)",
        ":4:SKU",
    ]


def test_one_pair_given_twice_is_a_problem_that_names_the_first(tmp_path: Path) -> None:
    row = f"{MUG},Reno FC,,0,0,0,4,4,"
    imported, reading = read(tmp_path, HEADER_2024, row, row)
    assert levels(imported) == {("MUG-L", "reno-fc"): "4"}
    assert ":2:Location" in reading.problems[0].message


def test_a_cell_that_spans_lines_does_not_move_later_line_numbers(tmp_path: Path) -> None:
    _, reading = read(
        tmp_path,
        HEADER_2024,
        'mug,"Mug,\nlarge",Title,Default Title,,,,,MUG-L,,,Reno FC,,0,0,0,4,4,',
        f"{MUG},Dallas,,0,0,0,4,x,",
    )
    assert reading.problems[0].place.endswith(":4:On hand (current)")


def test_a_row_with_too_many_cells_is_bad(tmp_path: Path) -> None:
    imported, reading = read(tmp_path, HEADER_2024, f"{MUG},Reno FC,,0,0,0,4,4,,surplus")
    assert levels(imported) == {}
    assert "check the quotes" in reading.problems[0].message


def test_a_missing_column_is_told_once_and_ends_the_reading(tmp_path: Path) -> None:
    imported, reading = read(tmp_path, "Handle,Title,Location,On hand", "mug,Mug,Reno,4")
    assert not imported.stock.items
    assert len(reading.problems) == 1
    assert reading.problems[0].place.endswith(":1:sku")
