"""Networks and orders are read from the forms that people have them in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allocation.cli.app import app
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.network_files import read_network, read_stock
from allocation.cli.order_files import read_orders

LOCATION = {"id": "reno", "name": "Reno", "address": {"region_code": "US", "postal_code": "89501"}}
LEVEL = {"inventory_item_id": "x", "levels": [{"location_id": "reno", "available": 3}]}
SIDES = {side: {"value": "300"} for side in ("length_mm", "width_mm", "height_mm")}
CARTON = {"id": "cube", "inner": SIDES, "cost": {"currency_code": "USD", "nanos": 750000000}}
ORDER = {"id": "1", "lines": [{"id": "1", "sku": "x", "quantity": 1}]}
ENDLESS = "/dev/zero"
COMMANDS = [
    ("allocate", ENDLESS),
    ("quote", ENDLESS),
    ("rules", "check", ENDLESS),
    ("stock", "import", ENDLESS),
    ("stock", "receive", ENDLESS),
    ("import", "csv", "--orders", ENDLESS),
    ("import", "medusa", ENDLESS),
]


def write(file: Path, document: object) -> Path:
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def test_a_directory_and_a_single_file_are_the_same_network(tmp_path: Path) -> None:
    write(tmp_path / "locations.json", {"locations": [LOCATION]})
    write(tmp_path / "items.json", {"items": [{"id": "x"}]})
    write(tmp_path / "stock.json", {"items": [LEVEL]})
    write(tmp_path / "cartons.json", {"cartons": [CARTON]})
    whole = {"locations": [LOCATION], "items": [{"id": "x"}], "stock": [LEVEL]}
    single = write(tmp_path / "all-in-one.json", whole | {"cartons": [CARTON]})
    assert read_network(tmp_path) == read_network(single)
    network = read_network(single)
    assert network.names == {"reno": "Reno"}
    assert network.stock is not None
    assert network.stock.items[0].levels[0].available.value == "3"
    assert [each.id for each in network.inline.cartons] == ["cube"]


def test_stock_may_be_absent_and_then_is_none_rather_than_empty(tmp_path: Path) -> None:
    write(tmp_path / "locations.json", {"locations": [LOCATION]})
    assert read_network(tmp_path).stock is None


def test_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path / "locations.json", {"locations": [{"idd": "reno"}]})
    write(tmp_path / "items.json", {"items": [{"id": "x", "weight_g": "heavy"}]})
    with pytest.raises(CommandError) as caught:
        read_network(tmp_path)
    assert [each.partition(": ")[2].partition(":")[0] for each in caught.value.details] == [
        "locations[0].idd",
        "items[0].weight_g",
    ]


@pytest.mark.parametrize("document", [{}, {"items": []}, {"locations": [], "sock": []}, []])
def test_what_is_no_network_is_refused(tmp_path: Path, document: object) -> None:
    with pytest.raises(CommandError):
        read_network(write(tmp_path / "network.json", document))


def test_broken_levels_name_their_file(tmp_path: Path) -> None:
    file = write(tmp_path / "stock.json", {"items": [{"levels": 3}]})
    with pytest.raises(CommandError) as caught:
        read_stock(file)
    assert str(file) in caught.value.details[0]


@pytest.mark.parametrize("document", [ORDER, [ORDER], {"orders": [ORDER]}])
def test_orders_may_be_one_a_list_or_under_a_key(tmp_path: Path, document: object) -> None:
    orders = read_orders(write(tmp_path / "orders.json", document))
    assert [order.id for order in orders] == ["1"]


def test_a_problem_of_one_order_among_many_says_which(tmp_path: Path) -> None:
    bad = {"id": "2", "lines": [{"sku": 5}]}
    file = write(tmp_path / "orders.json", {"orders": [ORDER, bad]})
    with pytest.raises(CommandError) as caught:
        read_orders(file)
    assert caught.value.details == (
        f"{file}: orders[1].lines[0].sku: is 5; it must be a text in quotes",
    )


def test_orders_may_be_a_csv_table(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("order_id,country,postal_code,sku,quantity\no1,US,2108,x,1\n")
    assert read_orders(file)[0].destination.address.postal_code == "02108"
    file.write_text("order_id,country,postal_code,sku,quantity\no1,US,2108,x,none\n")
    with pytest.raises(CommandError) as caught:
        read_orders(file)
    assert f"{file}:2:quantity" in caught.value.details[0]


@pytest.mark.parametrize("document", [[], {"orders": []}, {"orders": {}}, {"orders": [], "x": 1}])
def test_a_file_without_orders_is_refused(tmp_path: Path, document: object) -> None:
    with pytest.raises(CommandError):
        read_orders(write(tmp_path / "orders.json", document))


@pytest.mark.parametrize("text", ["[" * 200_000, f'{{"items": {"9" * 5_000}}}'])
def test_what_json_cannot_hold_is_the_files_problem(tmp_path: Path, text: str) -> None:
    file = tmp_path / "stock.json"
    file.write_text(text)
    with pytest.raises(CommandError, match=r"stock\.json: 1 problem"):
        read_stock(file)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_device_that_never_ends_is_refused(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allocation.cli.text_files.MOST_BYTES", 1 << 20)
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == ExitCode.INVALID_INPUT, answer.output
    assert "/dev/zero: cannot be read: it has more than 1 MiB" in answer.stderr
