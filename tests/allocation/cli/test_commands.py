"""The commands, from their flags to their output and exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from allocation.build_kind import build_kind
from allocation.cli.app import app
from allocation.cli.exit_codes import MEANINGS, ExitCode
from allocation.server.in_process import server_in_thread

ORDER = {
    "id": "1001",
    "placed_time": "2026-11-02T15:00:00Z",
    "destination": {"address": {"region_code": "US", "postal_code": "98101"}},
    "lines": [
        {"id": "LINE-1", "sku": "MUG-A", "quantity": 2, "unit_price": "17.00 USD"},
        {"id": "LINE-2", "sku": "TOTE-A", "quantity": 1},
    ],
}
LEVELS = "item_id,location_id,available\n"


def shipfrom(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def order_file(folder: Path, **changes: object) -> Path:
    file = folder / "order.json"
    file.write_text(json.dumps(ORDER | changes), encoding="utf-8")
    return file


@pytest.fixture
def server() -> Iterator[str]:
    """Yield the address of a running server without a network."""
    with server_in_thread() as running:
        yield running.address


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """Return a file with a network of one location and one item."""
    file = tmp_path / "network.json"
    address = {"region_code": "US", "postal_code": "89501"}
    file.write_text(
        json.dumps(
            {
                "locations": [{"id": "reno", "name": "Reno", "address": address}],
                "items": [{"id": "MUG-A", "sku": "MUG-A", "weight_g": 400}],
                "stock": [
                    {
                        "inventory_item_id": "MUG-A",
                        "levels": [{"location_id": "reno", "available": 3}],
                    }
                ],
            }
        ),
        encoding="utf-8",
    )
    return file


def test_allocate_plans_on_the_example_network_by_default(tmp_path: Path) -> None:
    done = shipfrom("allocate", order_file(tmp_path), "--format", "json")
    assert done.exit_code == ExitCode.OK, done.stderr
    plan = json.loads(done.stdout)
    assert plan["order_id"] == "1001"
    assert [line["line_id"] for line in plan["lines"]] == ["LINE-1", "LINE-2"]
    assert plan["proof"]["status"] == "PROOF_STATUS_OPTIMAL"


def test_sentences_and_table_tell_the_same_cost(tmp_path: Path) -> None:
    file = order_file(tmp_path)
    table = shipfrom("allocate", file).stdout
    told = shipfrom("allocate", file, "-f", "sentences").stdout
    cost = told.partition("shipment, ")[2].partition(" USD")[0]
    assert cost
    assert f"{cost} USD" in table


def test_units_that_stay_unfilled_give_an_exit_code_and_a_reason(
    tmp_path: Path, network: Path
) -> None:
    lines = [{"id": "LINE-1", "sku": "MUG-A", "quantity": 4}]
    done = shipfrom(
        "allocate", order_file(tmp_path, lines=lines), "--network", network, "-f", "sentences"
    )
    assert done.exit_code == ExitCode.INCOMPLETE
    assert "LINE-1 (4 x MUG-A): " in done.stdout


def test_explain_says_why_a_location_could_not_ship(tmp_path: Path) -> None:
    done = shipfrom("allocate", order_file(tmp_path), "--explain", "-f", "sentences")
    assert "LINE-1 could not ship from" in done.stdout
    assert "does not stock it" in done.stdout


def test_several_orders_give_a_list(tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    file.write_text(json.dumps({"orders": [ORDER, ORDER | {"id": "1002"}]}))
    plans = json.loads(shipfrom("allocate", file, "-f", "json").stdout)
    assert [plan["order_id"] for plan in plans] == ["1001", "1002"]


def test_a_network_goes_along_with_a_call_to_a_running_server(
    tmp_path: Path, network: Path, server: str
) -> None:
    lines = [{"id": "LINE-1", "sku": "MUG-A", "quantity": 3}]
    file = order_file(tmp_path, lines=lines)
    done = shipfrom("allocate", file, "--server", server, "--network", network, "-f", "sentences")
    assert done.exit_code == ExitCode.OK, done.stderr
    assert "from Reno:" in done.stdout


def test_a_variable_names_the_server_and_a_token_that_is_not_there_is_told(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIPFROM_SERVER", server)
    asked = shipfrom("allocate", order_file(tmp_path))
    assert asked.exit_code == ExitCode.INVALID_INPUT, "the example network was planned with"
    monkeypatch.setenv("SHIPFROM_TOKEN_FILE", str(tmp_path / "missing.token"))
    refused = shipfrom("allocate", order_file(tmp_path))
    assert refused.exit_code == ExitCode.INVALID_INPUT
    assert "missing.token: cannot be read" in refused.stderr


@pytest.mark.parametrize("at", ["here", "there"])
def test_cartons_of_a_network_file_are_packed_into(
    tmp_path: Path, network: Path, server: str, at: str
) -> None:
    document = json.loads(network.read_text(encoding="utf-8"))
    sides = {"length_mm": 200, "width_mm": 200, "height_mm": 200}
    document["items"][0]["dimensions"] = sides
    room = dict.fromkeys(sides, 400)
    document["cartons"] = [{"id": "cube", "inner": room, "cost": "0.75 USD"}]
    network.write_text(json.dumps(document), encoding="utf-8")
    lines = [{"id": "LINE-1", "sku": document["items"][0]["sku"], "quantity": 1}]
    where = ["--server", server] if at == "there" else []
    done = shipfrom(
        "allocate", order_file(tmp_path, lines=lines), "--network", network, "-f", "json", *where
    )
    assert done.exit_code == ExitCode.OK, done.stderr
    (parcel,) = json.loads(done.stdout)["shipments"][0]["parcels"]
    assert parcel["carton_id"] == "cube"


def test_what_the_server_refuses_is_shown_with_paths_and_without_a_traceback(
    tmp_path: Path,
) -> None:
    lines = [{"id": "LINE-1", "sku": "MUG-A", "quantity": 0}, {"id": "LINE-1", "sku": "MUG-A"}]
    done = shipfrom("allocate", order_file(tmp_path, lines=lines))
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "INVALID_REQUEST" in done.stderr
    assert "order.lines[0].quantity" in done.stderr
    assert "order.lines[1]" in done.stderr
    assert "Traceback" not in done.stderr


def test_quote_shows_options_cheapest_first(tmp_path: Path) -> None:
    done = shipfrom("quote", order_file(tmp_path), "-f", "json")
    assert done.exit_code == ExitCode.OK, done.stderr
    first = json.loads(done.stdout)["options"][0]
    assert "ALTERNATIVE_KIND_CHEAPEST" in first["kinds"]
    assert shipfrom("quote", order_file(tmp_path), "-f", "sentences").stdout.startswith("cheapest")
    assert "cheapest" in shipfrom("quote", order_file(tmp_path)).stdout


def test_a_quote_says_what_stays_unfilled_and_when_nothing_can_be_offered(tmp_path: Path) -> None:
    lines = [
        {"id": "LINE-1", "sku": "MUG-A", "quantity": 1},
        {"id": "LINE-2", "sku": "MUG-A", "quantity": 90_000},
    ]
    part = shipfrom("quote", order_file(tmp_path, lines=lines), "-f", "sentences")
    assert part.exit_code == ExitCode.INCOMPLETE
    assert "; 1 line(s) stay unfilled" in part.stdout.splitlines()[0]
    none = shipfrom("quote", order_file(tmp_path, lines=lines[1:]), "-f", "sentences")
    assert none.exit_code == ExitCode.INCOMPLETE
    assert none.stdout.startswith("nothing can be offered; ")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["allocate"], ExitCode.USAGE),
        (["allocate", "missing.json"], ExitCode.USAGE),
        (["allocate", "ORDER", "--format", "xml"], ExitCode.USAGE),
        (["allocate", "ORDER", "--budget", "soon"], ExitCode.USAGE),
        (["allocate", "ORDER", "--server", "127.0.0.1:1"], ExitCode.UNREACHABLE),
        (["allocate", "ORDER", "--rule-set", "preset:nonsense"], ExitCode.INVALID_INPUT),
        (["allocate", "BROKEN"], ExitCode.INVALID_INPUT),
        (["serve", "--port", "70000"], ExitCode.USAGE),
        (["serve", "--network", "EMPTY"], ExitCode.USAGE),
        (["demo", "--orders", "0"], ExitCode.USAGE),
        (["import", "csv"], ExitCode.USAGE),
    ],
)
def test_each_failure_has_its_exit_code(
    tmp_path: Path, arguments: list[str], code: ExitCode
) -> None:
    (tmp_path / "empty").mkdir()
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    files = {"ORDER": order_file(tmp_path), "BROKEN": broken, "EMPTY": tmp_path / "empty"}
    done = shipfrom(*(files.get(each, each) for each in arguments))
    assert done.exit_code == code, done.stdout + done.stderr
    assert done.stderr
    assert not done.stdout


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, inner in getattr(group, "commands", {}).items():
        yield from commands(inner, (*path, name))


@pytest.mark.parametrize("path", list(commands(get_command(app))), ids=" ".join)
def test_every_command_explains_itself_its_flags_and_its_exit_codes(path: tuple[str, ...]) -> None:
    done = shipfrom(*path, "--help")
    assert done.exit_code == 0
    for code, meaning in MEANINGS.items():
        assert f"{code.value:<3}  {meaning}" in done.stdout
    command: Any = get_command(app)
    for name in path:
        command = command.commands[name]
    assert command.help
    silent = [each.name for each in command.params if not getattr(each, "help", "")]
    assert not silent


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitCode)


def test_the_version_is_shown() -> None:
    shown = shipfrom("--version").stdout
    assert shown == f"shipfrom {version('shipfrom')} ({build_kind()})\n"
