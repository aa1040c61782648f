"""``shipfrom import`` writes everything or nothing, unless told to skip."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allocation.cli.exit_codes import ExitCode
from allocation.server.in_process import server_in_thread
from tests.allocation.cli.test_commands import shipfrom

LOCATIONS = "id,country,postal_code\nreno,US,89501\n"
LEVELS = "item_id,location_id,available\nMUG,reno,3\nTOTE,reno,many\n"


@pytest.fixture
def levels(tmp_path: Path) -> Path:
    file = tmp_path / "levels.csv"
    file.write_text(LEVELS)
    return file


@pytest.fixture
def locations(tmp_path: Path) -> Path:
    file = tmp_path / "locations.csv"
    file.write_text(LOCATIONS)
    return file


def test_one_bad_row_and_nothing_is_written(tmp_path: Path, levels: Path, locations: Path) -> None:
    out = tmp_path / "out"
    done = shipfrom("import", "csv", "--levels", levels, "--locations", locations, "--out", out)
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert f"{levels}:3:available: 'many' is not a decimal number" in done.stderr
    assert not out.exists()


def test_skipping_bad_rows_writes_the_rest_and_says_so(tmp_path: Path, levels: Path) -> None:
    out = tmp_path / "out"
    done = shipfrom("import", "csv", "--levels", levels, "--out", out, "--skip-bad-rows")
    assert done.exit_code == ExitCode.INCOMPLETE
    assert f"skipped: {levels}:3:available" in done.stderr
    stock = json.loads((out / "stock.json").read_text())
    assert [item["inventory_item_id"] for item in stock["items"]] == ["MUG"]


def test_files_that_are_there_are_only_overwritten_by_force(
    tmp_path: Path, locations: Path
) -> None:
    arguments = ("import", "csv", "--locations", locations, "--out", tmp_path / "out")
    assert shipfrom(*arguments).exit_code == ExitCode.OK
    refused = shipfrom(*arguments)
    assert refused.exit_code == ExitCode.USAGE
    assert "--force" in refused.stderr
    assert shipfrom(*arguments, "--force").exit_code == ExitCode.OK


def test_what_is_written_can_be_planned_with(tmp_path: Path, locations: Path) -> None:
    items, levels = tmp_path / "items.csv", tmp_path / "good.csv"
    items.write_text("id,sku,weight_g\nMUG,MUG,400\n")
    levels.write_text("item_id,location_id,available\nMUG,reno,3\n")
    orders, out = tmp_path / "orders.csv", tmp_path / "out"
    orders.write_text("order_id,country,postal_code,sku,quantity\no1,US,2108,MUG,2\n")
    done = shipfrom(
        "import", "csv", "--locations", locations, "--items", items, "--levels", levels,
        "--orders", orders, "--out", out,
    )  # fmt: skip
    assert done.exit_code == ExitCode.OK, done.stderr
    assert f"wrote {out / 'orders.json'}: 1 order(s)" in done.stdout
    planned = shipfrom("allocate", out / "orders.json", "--network", out, "-f", "sentences")
    assert planned.exit_code == ExitCode.OK, planned.stderr
    assert "(2 x MUG) from reno" in planned.stdout


def test_an_export_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "levels.csv"
    file.write_text("item_id,location_id,available\n")
    done = shipfrom("import", "csv", "--levels", file, "--out", tmp_path / "out")
    assert done.exit_code == ExitCode.INVALID_INPUT


def test_a_server_takes_locations_and_items(tmp_path: Path, locations: Path) -> None:
    items = tmp_path / "items.csv"
    items.write_text("id,sku,weight_g\nMUG,MUG,400\n")
    with server_in_thread() as server:
        done = shipfrom(
            "import", "csv", "--locations", locations, "--items", items, "--server", server.address
        )
        assert done.exit_code == ExitCode.OK, done.stderr
        assert done.stdout.splitlines() == [
            f"sent 1 location(s) to {server.address}",
            f"sent 1 item(s) to {server.address}",
        ]
        assert [each.id for each in server.network.state.network.locations] == ["reno"]


def test_the_shopify_commands_join_on_the_sku(tmp_path: Path) -> None:
    (tmp_path / "inventory.csv").write_text(
        "Handle,SKU,Location,Committed,Unavailable,On hand\n"
        "mug,MUG-L,Reno FC,0,0,5\nmug,MUG-S,Reno FC,0,0,not stocked\n"
    )
    (tmp_path / "products.csv").write_text(
        "Handle,Title,Option1 Value,Variant SKU,Variant Grams\nmug,Mug,L,MUG-L,420\n"
    )
    (tmp_path / "orders.csv").write_text(
        "Name,Created at,Lineitem quantity,Lineitem sku,Shipping Zip,Shipping Country\n"
        "#1,2026-11-02 10:14:58 -0500,2,MUG-L,'02108,US\n"
    )
    (tmp_path / "known.json").write_text(
        json.dumps(
            {
                "locations": [
                    {
                        "id": "reno",
                        "name": "Reno FC",
                        "address": {"region_code": "US", "postal_code": "89501"},
                    }
                ]
            }
        )
    )
    out = tmp_path / "network"
    for arguments in (
        ("shopify-inventory", tmp_path / "inventory.csv", "--locations", tmp_path / "known.json"),
        ("shopify-products", tmp_path / "products.csv"),
        ("shopify-orders", tmp_path / "orders.csv"),
    ):
        done = shipfrom("import", *arguments, "--out", out)
        assert done.exit_code == ExitCode.OK, done.stderr
    (out / "locations.json").write_text((tmp_path / "known.json").read_text())
    done = shipfrom("allocate", out / "orders.json", "--network", out, "-f", "sentences")
    assert done.exit_code == ExitCode.OK, done.stderr
    assert "1 (2 x MUG-L) from Reno FC" in done.stdout


def test_the_medusa_command_reads_a_directory(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "items.json").write_text(
        json.dumps({"inventory_items": [{"id": "iitem_1", "sku": "MUG", "weight": 400}]})
    )
    done = shipfrom("import", "medusa", tmp_path / "store", "--out", tmp_path / "out")
    assert done.exit_code == ExitCode.OK, done.stderr
    assert "items.json: 1 item(s)" in done.stdout
