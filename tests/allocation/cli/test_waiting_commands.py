"""Units that wait, receipts with serials, and recalls, from the command line."""

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
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1.allocation_service_pb2_grpc import AllocationServiceStub
from routing.v1 import backorder_pb2, item_pb2
from routing.v1 import network_service_pb2 as net
from routing.v1.network_service_pb2_grpc import NetworkServiceStub
from tests.allocation.server.ledger_samples import hold_request
from tests.allocation.server.samples import item, network_messages


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with server_in_thread() as running, grpc.insecure_channel(running.address) as channel:
        network = NetworkServiceStub(channel)
        locations, items = network_messages()
        network.PutLocations(locations)
        network.PutItems(items)
        monkeypatch.setenv("SHIPFROM_SERVER", running.address)
        yield running.address


def put(server: str, **fields: object) -> None:
    with grpc.insecure_channel(server) as channel:
        mug = item("mug", "350", **fields)
        NetworkServiceStub(channel).PutItems(net.PutItemsRequest(items=[mug]))


def committed(server: str, quantity: str) -> str:
    with grpc.insecure_channel(server) as channel:
        stub = AllocationServiceStub(channel)
        plan = stub.Allocate(hold_request({"mug": quantity})).plan
        stub.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
        return str(plan.id)


def shipfrom(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def csv_file(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "receipts.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def supply_file(tmp_path: Path, day: int) -> Path:
    file = tmp_path / "stock.json"
    coming = {"quantity": {"value": "5"}, "expected_time": f"2099-01-0{day}T00:00:00Z"}
    level = {"location_id": "newark", "available": {"value": "0"}, "incoming": [coming]}
    file.write_text(json.dumps({"items": [{"inventory_item_id": "mug", "levels": [level]}]}))
    return file


def test_what_waits_is_listed_put_off_and_served(server: str, tmp_path: Path) -> None:
    assert shipfrom("stock", "waiting").stdout.strip() == "nothing waits"
    put(server, backorder_policy=backorder_pb2.BACKORDER_POLICY_ALLOW)
    shipfrom("stock", "import", supply_file(tmp_path, 2))
    plan_id = committed(server, "3")
    (units,) = json.loads(shipfrom("stock", "waiting", "--json").stdout)["units"]
    assert (units["plan_id"], units["quantity"]["value"]) == (plan_id, "3")
    late = shipfrom("stock", "import", supply_file(tmp_path, 7))
    assert f"plan {plan_id} line line-1: 3 of mug at newark expected 2099-01-07" in late.stdout
    assert "2099-01-07" in shipfrom("stock", "waiting", "mug").stdout
    came = shipfrom("stock", "adjust", "receive", "mug", "newark", 4, "--expected")
    assert f"plan {plan_id} line line-1: 3 of mug at newark no longer wait" in came.stdout
    assert shipfrom("stock", "waiting").stdout.strip() == "nothing waits"


def test_units_are_received_by_their_serials(server: str, tmp_path: Path) -> None:
    put(server, tracking=item_pb2.ITEM_TRACKING_SERIAL)
    file = csv_file(
        tmp_path,
        "item_id,location_id,serial,quantity,lot_id",
        "mug,newark,S1,,",
        "mug,newark,S2,1,",
        "mug,newark,,4,",
        "tea,reno,,2,L1",
    )
    done = shipfrom("stock", "receive", file, "--request-id", "r")
    assert done.exit_code == ExitCode.OK, done.output
    assert "3 receipt(s) taken, 2 unit(s) with a serial" in done.stdout
    assert shipfrom("stock", "receive", file, "--request-id", "r").exit_code == ExitCode.OK
    (level,) = json.loads(shipfrom("stock", "show", "mug", "--json").stdout)["levels"]
    assert level["on_hand"]["value"] == "6"


def test_every_problem_of_a_file_of_receipts_is_told(server: str, tmp_path: Path) -> None:
    assert server
    file = csv_file(
        tmp_path,
        "item_id,location_id,serial,quantity,lott_id",
        "mug,newark,S1,2,",
        "mug,newark,S1,,",
        "mug,newark,,0,",
        ",newark,,1,",
    )
    done = shipfrom("stock", "receive", file)
    assert done.exit_code == ExitCode.INVALID_INPUT
    for part in (
        "is not a column of receipts; is it 'lot_id'?",
        "receipts.csv:2:quantity: is 2; a row with a serial is one unit",
        "receipts.csv:3:serial: 'S1' is on line 2, too",
        "receipts.csv:4:quantity: must be above 0",
        "receipts.csv:5:item_id: is empty",
    ):
        assert part in done.stderr, part


def test_a_lot_is_recalled_and_its_plans_are_named(server: str, tmp_path: Path) -> None:
    put(server, tracking=item_pb2.ITEM_TRACKING_LOT)
    lines = ("item_id,location_id,quantity,lot_id", "mug,newark,5,bad", "mug,reno,5,bad")
    shipfrom("stock", "receive", csv_file(tmp_path, *lines))
    plan_id = committed(server, "2")
    done = shipfrom("stock", "recall", "mug", "bad", "--request-id", "r", "--comment", "glass")
    assert done.exit_code == ExitCode.INCOMPLETE, done.output
    assert "2 level(s) set aside, 1 plan(s) had some" in done.stdout
    again = shipfrom(
        "stock", "recall", "mug", "bad", "--request-id", "r", "--comment", "glass", "--json"
    )
    (plan,) = json.loads(again.stdout)["plans"]
    assert (plan["plan_id"], plan["outcome"]) == (plan_id, "RECALL_OUTCOME_SHORT")
    assert "glass" in shipfrom("stock", "history", "mug").stdout
    shipfrom("stock", "adjust", "receive", "mug", "newark", 3, "--lot", "bad")
    (level,) = json.loads(
        shipfrom("stock", "show", "mug", "--location", "newark", "--json").stdout
    )["levels"]
    assert level["unavailable"]["value"] == "8"
    lifted = shipfrom("stock", "recall", "mug", "bad", "--lift")
    assert "the recall is lifted" in lifted.stdout
    shipfrom("stock", "adjust", "receive", "mug", "newark", 1, "--lot", "bad")
    (level,) = json.loads(
        shipfrom("stock", "show", "mug", "--location", "newark", "--json").stdout
    )["levels"]
    assert level["available"]["value"] == "1"
