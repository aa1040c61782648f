"""``shipfrom rules backtest``: from files to a table, JSON or a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from allocation.cli.app import app
from allocation.cli.exit_codes import ExitCode

ADDRESS = {"region_code": "US", "postal_code": "10001"}
NEVADA = {"region_code": "US", "postal_code": "89501"}
JERSEY = {"region_code": "US", "postal_code": "07102"}
RENO_ONLY = """\
version: 1
require:
  - name: only-reno
    location: location.id == "reno"
"""


def shipfrom(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def order(number: int, quantity: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"o{number}",
        "placed_time": f"2026-11-02T15:{number:02d}:00Z",
        "destination": {"address": ADDRESS},
        "lines": [{"id": "1", "sku": "MUG", "quantity": quantity, "unit_price": "9.00 USD"}],
    } | changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a network of two locations, stock for 12 mugs, orders and rules."""
    levels = [{"location_id": place, "available": 6} for place in ("reno", "newark")]
    locations = [
        {"id": "reno", "name": "Reno", "address": NEVADA},
        {"id": "newark", "name": "Newark", "address": JERSEY},
    ]
    documents = {
        "locations.json": {"locations": locations},
        "items.json": {"items": [{"id": "mug", "sku": "MUG", "weight_g": 400}]},
        "stock.json": {"items": [{"inventory_item_id": "mug", "levels": levels}]},
        "orders.json": [order(number, 2) for number in range(5)],
    }
    for name, document in documents.items():
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "reno.yaml").write_text(RENO_ONLY, encoding="utf-8")
    return tmp_path


def backtest(folder: Path, *more: object, rules: tuple[str, ...] = ("preset:cheapest",)) -> Result:
    named = [each for name in rules for each in ("--rules", name)]
    files = ("--network", folder, "--orders", folder / "orders.json", "--processes", 1)
    return shipfrom("rules", "backtest", *files, *named, *more)


def document(folder: Path, *more: object, **named: Any) -> dict[str, Any]:
    done = backtest(folder, "--format", "json", *more, **named)
    assert done.exit_code == ExitCode.OK, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_stock_runs_out_in_the_order_of_time(folder: Path) -> None:
    found = document(folder, rules=("preset:cheapest", str(folder / "reno.yaml")))
    cheapest, reno = found["rule_sets"]
    assert cheapest["metrics"]["fill_rate"]["value"] == 1
    assert reno["metrics"]["fill_rate"]["value"] == pytest.approx(0.6)
    assert reno["unfilled_lines"] == {"not_in_stock": 2}
    assert found["orders_filled_by_all"] == 3


def test_the_table_says_what_came_of_it(folder: Path) -> None:
    done = backtest(folder, rules=("preset:cheapest", str(folder / "reno.yaml")))
    assert done.exit_code == ExitCode.OK, done.stderr
    for said in ("Cost per order, USD", "Units filled", "60.00 %", "more per order than preset"):
        assert said in done.stdout


@pytest.mark.parametrize("form", ["table", "json", "html"])
def test_a_file_has_what_stdout_would_have(folder: Path, form: str) -> None:
    shown = backtest(folder, "--format", form)
    written = backtest(folder, "--format", form, "--out", folder / "out")
    assert written.stdout == f"wrote {folder / 'out'}\n"
    assert (folder / "out").read_text(encoding="utf-8") == shown.stdout
    assert shown.stdout


def test_the_example_is_what_is_tried_without_files() -> None:
    done = shipfrom("rules", "backtest", "--rules", "preset:cheapest", "--format", "json")
    assert done.exit_code == ExitCode.OK, done.stderr
    assert json.loads(done.stdout)["orders"] > 100


def test_reasons_are_given_for_as_many_orders_as_asked_for(folder: Path) -> None:
    rules = ("preset:cheapest", str(folder / "reno.yaml"))
    for explain in (0, 1):
        found = document(folder, "--explain", explain, rules=rules)["differing_orders"]
        told = [each for each in found if each["plans"]["preset:cheapest"]["sentences"]]
        assert len(told) == explain


def test_what_was_really_shipped_is_priced_beside_the_plans(folder: Path) -> None:
    actual = folder / "actual.csv"
    rows = "o0,1,reno,\no1,1,reno,1\no1,1,newark,1\no2,1,reno,3\n"
    actual.write_text(f"order_id,line_id,location_id,quantity\n{rows}")
    baseline = document(folder, "--actual", actual)["rule_sets"][0]["baseline"]
    assert (baseline["orders"], baseline["orders_priced"]) == (3, 2)
    assert baseline["saving_minor"] > 0
    assert baseline["problems"] == {"line 1: 3 shipped of 2 ordered": 1}
    done = backtest(folder, "--actual", actual)
    assert "less than the choices made at the time" in done.stdout


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("o9,1,reno,", "no order has that id"),
        ("o0,7,reno,", "order o0 has no such line"),
        ("o0,1,,", "is empty"),
        ("o0,1,reno,many", "not a decimal number"),
    ],
)
def test_a_choice_about_nothing_is_refused(folder: Path, row: str, says: str) -> None:
    actual = folder / "actual.csv"
    actual.write_text(f"order_id,line_id,location_id,quantity\n{row}\n")
    done = backtest(folder, "--actual", actual)
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert says in done.stderr
    assert "actual.csv:2:" in done.stderr


def test_orders_that_cannot_be_used_are_all_named_and_can_be_left_out(folder: Path) -> None:
    bad = order(7)
    del bad["placed_time"]
    unknown = order(8)
    unknown["lines"][0]["sku"] = "GHOST"
    (folder / "orders.json").write_text(json.dumps([order(1), bad, unknown]), encoding="utf-8")
    done = backtest(folder)
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "orders[1] (o7): placed_time: is missing" in done.stderr
    assert "orders[2] (o8): lines[0].sku: is 'GHOST'" in done.stderr
    assert document(folder, "--skip-bad-orders")["orders"] == 1


def test_no_order_left_is_an_error(folder: Path) -> None:
    bad = order(7)
    del bad["placed_time"]
    (folder / "orders.json").write_text(json.dumps([bad]), encoding="utf-8")
    done = backtest(folder, "--skip-bad-orders")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "at least one order" in done.stderr


@pytest.mark.parametrize(
    ("rules", "code", "says"),
    [
        (("nope",), ExitCode.INVALID_INPUT, "is no file"),
        (("preset:nope",), ExitCode.USAGE, "preset:cheapest"),
        (("preset:cheapest", "preset:cheapest"), ExitCode.USAGE, "twice"),
    ],
)
def test_rule_sets_that_cannot_be_compared_are_refused(
    folder: Path, rules: tuple[str, ...], code: ExitCode, says: str
) -> None:
    done = backtest(folder, rules=rules)
    assert done.exit_code == code
    assert says in done.stderr


def test_a_rule_set_with_problems_is_refused_with_their_places(folder: Path) -> None:
    (folder / "reno.yaml").write_text("version: 1\nstrateggy: cheapest\n", encoding="utf-8")
    done = backtest(folder, rules=(str(folder / "reno.yaml"),))
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert f"{folder / 'reno.yaml'}:2:1: error:" in done.stderr


def test_rate_cards_of_the_network_count(folder: Path) -> None:
    card = {
        "id": "flat",
        "carrier": "Bike",
        "service": "Flat",
        "pricing": "contract",
        "currency": "EUR",
        "zone_scheme": "usps",
        "effective_from": {"year": 2026, "month": 1, "day": 1},
        "steps": [
            {
                "rate_zone": zone,
                "max_weight_g": {"value": "30000"},
                "price": {"currency_code": "EUR", "units": "5"},
            }
            for zone in range(1, 10)
        ],
    }
    (folder / "rate_cards.json").write_text(json.dumps({"rate_cards": [card]}), encoding="utf-8")
    done = backtest(folder)
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "EUR, USD" in done.stderr


def test_a_result_that_cannot_be_written_is_said(folder: Path) -> None:
    done = backtest(folder, "--out", folder / "no" / "such" / "folder")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "cannot be written" in done.stderr
