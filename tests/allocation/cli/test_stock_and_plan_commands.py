"""Levels and stored plans of a running server, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from typer.testing import CliRunner, Result

from allocation.cli.app import app
from allocation.cli.exit_codes import ExitCode
from allocation.server.in_process import server_in_thread
from allocation.v1.allocation_service_pb2_grpc import AllocationServiceStub
from routing.v1.network_service_pb2_grpc import NetworkServiceStub
from tests.allocation.server.ledger_samples import hold_request
from tests.allocation.server.samples import network_messages


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with server_in_thread() as running, grpc.insecure_channel(running.address) as channel:
        network = NetworkServiceStub(channel)
        locations, items = network_messages()
        network.PutLocations(locations)
        network.PutItems(items)
        yield running.address


@pytest.fixture(autouse=True)
def _address(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPFROM_SERVER", server)


def shipfrom(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def stock_file(tmp_path: Path, **levels: dict[str, str]) -> Path:
    file = tmp_path / "stock.json"
    document = {
        "items": [
            {
                "inventory_item_id": item,
                "levels": [
                    {"location_id": place, "available": {"value": quantity}}
                    for place, quantity in places.items()
                ],
            }
            for item, places in levels.items()
        ]
    }
    file.write_text(json.dumps(document))
    return file


def held(server: str, request_id: str) -> str:
    with grpc.insecure_channel(server) as channel:
        stub = AllocationServiceStub(channel)
        answer = stub.Allocate(hold_request({"mug": "2"}, request_id))
    return str(answer.plan.id)


def test_levels_are_imported_shown_adjusted_and_told(tmp_path: Path) -> None:
    file = stock_file(tmp_path, mug={"newark": "9", "reno": "4"}, ghost={"reno": "1"})
    done = shipfrom("stock", "import", file)
    assert done.exit_code == ExitCode.INCOMPLETE
    assert "2 level(s) taken, 1 refused" in done.stdout
    assert "row 2: inventory_item_id: 'ghost' is not registered" in done.stderr
    moved = shipfrom("stock", "adjust", "transfer", "mug", "reno", 1, "--to", "dallas")
    assert moved.exit_code == ExitCode.OK, moved.output
    assert "dallas" in moved.stdout
    shown = shipfrom("stock", "show", "mug", "--location", "reno", "--json")
    (level,) = json.loads(shown.stdout)["levels"]
    assert level["available"]["value"] == "3"
    assert "Available" in shipfrom("stock", "show", "mug").stdout
    told = shipfrom("stock", "history", "mug", "--location", "reno")
    assert "transfer out" in told.stdout
    assert "on hand -1" in told.stdout
    audited = shipfrom("stock", "audit")
    assert audited.exit_code == ExitCode.OK
    assert "3 level(s) checked, 0 differ" in audited.stdout


def test_kits_are_shown_by_how_many_can_be_built(tmp_path: Path) -> None:
    shipfrom("stock", "import", stock_file(tmp_path, mug={"dallas": "5"}, tea={"dallas": "1"}))
    shown = shipfrom("stock", "show", "gift-set", "--location", "dallas")
    assert shown.exit_code == ExitCode.OK, shown.output
    assert "Can be built" in shown.stdout
    assert "On hand" not in shown.stdout
    (kit,) = json.loads(shipfrom("stock", "show", "gift-set", "--json").stdout)["kits"]
    assert (kit["available"]["value"], kit["scarcest_inventory_item_id"]) == ("1", "tea")
    shipfrom("stock", "import", stock_file(tmp_path, mug={"dallas": "0"}, tea={"dallas": "0"}))


def test_units_are_found_by_their_serials() -> None:
    shipfrom("stock", "adjust", "receive", "mug", "reno", 1, "--serial", "S1")
    found = shipfrom("stock", "serials", "mug", "S1", "S2")
    assert found.exit_code == ExitCode.INCOMPLETE
    assert "reno" in found.stdout
    assert "not known: S2" in found.stderr
    (unit,) = json.loads(shipfrom("stock", "serials", "mug", "S1", "--json").stdout)["units"]
    assert unit["location_id"] == "reno"


def test_a_full_import_empties_what_it_leaves_out(tmp_path: Path) -> None:
    shipfrom("stock", "import", stock_file(tmp_path, tea={"reno": "4"}, cloth={"reno": "4"}))
    file = stock_file(tmp_path, cloth={"reno": "2.5"})
    assert shipfrom("stock", "import", file, "--full").exit_code == ExitCode.OK
    shown = json.loads(shipfrom("stock", "show", "tea", "cloth", "--json").stdout)
    figures = {level["inventory_item_id"]: level["available"]["value"] for level in shown["levels"]}
    assert figures == {"tea": "0", "cloth": "2.5"}
    # The other tests of this module need their mugs.
    shipfrom("stock", "import", stock_file(tmp_path, mug={"newark": "9", "reno": "9"}))


def test_a_plan_goes_through_its_life(tmp_path: Path, server: str) -> None:
    shipfrom("stock", "import", stock_file(tmp_path, mug={"newark": "9", "reno": "9"}))
    plan_id = held(server, "cli-1")
    shown = shipfrom("plan", "show", plan_id)
    assert f"plan {plan_id} is held until" in shown.stdout
    assert "2 x mug" in shown.stdout
    assert "until" in shipfrom("plan", "extend", plan_id, 600).stdout
    assert "is committed" in shipfrom("plan", "commit", plan_id).stdout
    part = "line-1@newark=1"
    assert "is committed" in shipfrom("plan", "fulfill", plan_id, "--part", part).stdout
    moved = shipfrom("plan", "reallocate", plan_id, "--exclude", "newark", "--exclude", "dallas")
    assert moved.exit_code == ExitCode.OK, moved.output
    assert "reno" in moved.stdout
    assert "is fulfilled, replaced by plan pln_" in shipfrom("plan", "show", plan_id).stdout
    replayed = shipfrom("plan", "replay", plan_id)
    assert "comes out the same, byte for byte" in replayed.stdout
    other = held(server, "cli-2")
    document = json.loads(shipfrom("plan", "release", other, "-f", "json").stdout)
    assert document["state"] == "PLAN_STATE_RELEASED"


def test_what_was_picked_is_told_when_it_leaves(tmp_path: Path, server: str) -> None:
    shipfrom("stock", "import", stock_file(tmp_path, mug={"newark": "4"}, tea={"newark": "2"}))
    with grpc.insecure_channel(server) as channel:
        stub = AllocationServiceStub(channel)
        request = hold_request(
            {"mug": "1", "gift-set": "1"}, "cli-picked", allowed_location_ids=["newark"]
        )
        plan = stub.Allocate(request).plan
    assert shipfrom("plan", "commit", plan.id).exit_code == ExitCode.OK
    parts = ("--part", "line-1@newark=1", "--part", "line-2@newark=1")
    serials = ("--serial", "line-1@newark=U1")
    kit = [f"--serial=line-2@newark/mug=U{number}" for number in (2, 3)]
    few = shipfrom("plan", "fulfill", plan.id, *parts, *serials, kit[0])
    assert few.exit_code == ExitCode.INVALID_INPUT
    assert "scan each of them" in few.stderr
    left = shipfrom("plan", "fulfill", plan.id, *parts, *serials, *kit, "-f", "json")
    rows = json.loads(left.stdout)["reservations"]
    told = {(row["line_id"], row["inventory_item_id"]): row.get("serials", []) for row in rows}
    assert told == {
        ("line-1", "mug"): ["U1"],
        ("line-2", "mug"): ["U2", "U3"],
        ("line-2", "tea"): [],
    }


def test_what_the_server_refuses_has_an_exit_code_of_its_own() -> None:
    for command in ("show", "commit", "release", "replay"):
        done = shipfrom("plan", command, "no-such-plan")
        assert done.exit_code == ExitCode.INVALID_INPUT
        assert "PLAN_NOT_FOUND" in done.stderr
    assert shipfrom("plan", "fulfill", "p", "--part", "x").exit_code == ExitCode.USAGE
    assert shipfrom("stock", "show", "ghost").exit_code == ExitCode.INVALID_INPUT
    away = shipfrom("stock", "show", "mug", "--server", "127.0.0.1:1")
    assert away.exit_code == ExitCode.UNREACHABLE


def test_what_runs_low_is_listed_for_people_spreadsheets_and_programs(
    server: str, tmp_path: Path
) -> None:
    shipfrom("stock", "import", stock_file(tmp_path, cloth={"newark": "2", "reno": "9"}))
    with grpc.insecure_channel(server) as channel:
        stub = AllocationServiceStub(channel)
        plan = stub.Allocate(
            hold_request({"cloth": "2"}, "low", allowed_location_ids=["newark"])
        ).plan
    for step in ("commit", "fulfill"):
        assert shipfrom("plan", step, plan.id).exit_code == ExitCode.OK
    table = shipfrom("stock", "low", "cloth", "--csv").stdout.splitlines()
    assert table[0].startswith("item,location,state,abc_class,available")
    assert [line.split(",")[:5] for line in table[1:]] == [["cloth", "newark", "out", "A", "0"]]
    assert table[1].endswith(" from reno")
    shown = shipfrom("stock", "low", "cloth", "--all", "--json")
    facts = json.loads(shown.stdout)["facts"]
    assert [(each["location_id"], each["state"]) for each in facts] == [
        ("newark", "LOW_STOCK_STATE_OUT"),
        ("reno", "LOW_STOCK_STATE_ENOUGH"),
    ]
    assert "from reno" in shipfrom("stock", "low").stdout
    assert shipfrom("stock", "low", "cloth", "--location", "reno").stdout == "nothing runs low\n"
    assert shipfrom("stock", "low", "--csv", "--json").exit_code != ExitCode.OK
