"""``shipfrom explain``: from a plan's id to sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allocation.cli.app import app
from allocation.cli.exit_codes import ExitCode
from allocation.demo.files import demo_directory
from allocation.server.in_process import server_in_thread
from allocation.server.settings import ServerSettings

ORDER = {
    "id": "1001",
    "placed_time": "2026-11-02T15:00:00Z",
    "destination": {"address": {"region_code": "US", "postal_code": "98101"}},
    "lines": [{"id": "LINE-1", "sku": "MUG-A", "quantity": 2}],
}


def shipfrom(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with server_in_thread(ServerSettings(port=0, record_plans=True)) as running:
        yield running.address


@pytest.fixture
def plan(server: str, tmp_path: Path) -> str:
    file = tmp_path / "order.json"
    file.write_text(json.dumps(ORDER), encoding="utf-8")
    done = shipfrom(
        "allocate", file, "--server", server, "--network", demo_directory(), "-f", "json"
    )
    assert done.exit_code == ExitCode.OK, done.stderr
    return str(json.loads(done.stdout)["id"])


def test_a_plan_is_told_with_its_runner_up_and_why_not(server: str, plan: str) -> None:
    done = shipfrom("explain", plan, "--server", server, "--why-not", "houston", "--verdicts")
    assert done.exit_code == ExitCode.OK, done.stderr
    first, *rest = done.stdout.splitlines()
    assert first.startswith("LINE-1 (2 x MUG-A) from Bellevue: ")
    assert "; runner-up " in first
    assert any(each.startswith("why not Houston: the best plan with it costs ") for each in rest)
    assert any(each.startswith("LINE-1 could ship from ") for each in rest)


def test_an_answer_can_be_had_as_json(server: str, plan: str) -> None:
    done = shipfrom("explain", plan, "--server", server, "--json")
    assert json.loads(done.stdout)["sentences"]


def test_a_plan_that_is_not_there_is_said(server: str) -> None:
    done = shipfrom("explain", "pln_nope", "--server", server)
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "PLAN_NOT_FOUND" in done.stderr
