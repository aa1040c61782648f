"""``shipfrom rules``: put, activate, roll back, look, compare, try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allocation.cli.app import app
from allocation.cli.exit_codes import ExitCode
from allocation.rule_store.stored import revision_of
from allocation.server.in_process import server_in_thread
from allocation.server.settings import ServerSettings

RULES = """\
version: 1
currency: USD
require:
  - name: only-{0}
    location: location.id == "{0}"
"""
ORDER = {
    "id": "1001",
    "placed_time": "2026-11-02T15:00:00Z",
    "destination": {"address": {"region_code": "US", "postal_code": "98101"}},
    "lines": [{"id": "LINE-1", "sku": "MUG-A", "quantity": 1}],
}


def shipfrom(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def done(*arguments: object) -> str:
    result = shipfrom(*arguments)
    assert result.exit_code == ExitCode.OK, result.stderr
    return str(result.stdout)


@pytest.fixture(scope="module")
def shared_server() -> Iterator[str]:
    with server_in_thread(ServerSettings(port=0)) as running:
        yield running.address


@pytest.fixture
def rules(tmp_path: Path) -> dict[str, Path]:
    """Return the files of two rule sets that no other test has."""
    files = {name: tmp_path / f"{name}.yaml" for name in ("reno", "dallas")}
    for name, file in files.items():
        file.write_text(RULES.format(name) + f"# {tmp_path}\n", encoding="utf-8")
    return files


def revision(file: Path) -> str:
    return revision_of(file.read_text(encoding="utf-8"))


def test_a_rule_set_goes_from_draft_to_active_and_back(
    shared_server: str, rules: dict[str, Path]
) -> None:
    server = ("--server", shared_server)
    for file in rules.values():
        assert done("rules", "put", file, *server, "-m", "for winter", "--author", "ann") == (
            f"{revision(file)}: draft\n"
        )
    reno, dallas = rules["reno"], rules["dallas"]
    assert done("rules", "activate", reno, *server) == f"{revision(reno)}: active\n"
    done("rules", "activate", revision(dallas), *server, "-m", "try", "--author", "bob")
    assert done("rules", "rollback", *server) == f"{revision(reno)}: active\n"
    listed = done("rules", "list", *server)
    assert f"{revision(reno)}   active" in listed
    assert f"{revision(dallas)}   retired" in listed
    assert "for winter" in listed
    record = done("rules", "history", *server).splitlines()
    assert f"back from {revision(dallas)}" in record[3]
    assert "bob" in record[4]
    assert done("rules", "show", *server) == reno.read_text(encoding="utf-8")


def test_an_activation_by_somebody_else_in_between_is_noticed(
    shared_server: str, rules: dict[str, Path]
) -> None:
    done("rules", "put", rules["reno"], "--server", shared_server)
    refused = shipfrom(
        "rules", "activate", rules["reno"], "--etag", "old.1", "--server", shared_server
    )
    assert refused.exit_code == ExitCode.INVALID_INPUT
    assert "ETAG_MISMATCH" in refused.stderr


def test_before_the_first_activation_there_is_nothing_to_go_back_to() -> None:
    with server_in_thread(ServerSettings(port=0)) as running:
        server = ("--server", running.address)
        refused = shipfrom("rules", "rollback", *server)
        assert refused.exit_code == ExitCode.INVALID_INPUT
        assert "nothing was activated yet" in refused.stderr
        assert done("rules", "show", "active", *server).startswith("# The cheapest")


def test_the_first_activation_is_rolled_back_to_what_decided_before_it(
    rules: dict[str, Path],
) -> None:
    with server_in_thread(ServerSettings(port=0)) as running:
        server = ("--server", running.address)
        done("rules", "put", rules["reno"], *server)
        done("rules", "activate", rules["reno"], *server)
        assert done("rules", "rollback", *server).endswith(": active\n")
        cheapest = done("rules", "show", "preset:cheapest")
        assert done("rules", "show", "active", *server) == cheapest
        assert done("rules", "rollback", *server) == f"{revision(rules['reno'])}: active\n"


def test_a_preset_is_activated_by_its_name_however_often() -> None:
    with server_in_thread(ServerSettings(port=0)) as running:
        server = ("--server", running.address)
        text = done("rules", "show", "preset:shopify-default")
        for _ in range(2):
            active = done("rules", "activate", "preset:shopify-default", *server)
            assert active == f"{revision_of(text)}: active\n"
        wrong = shipfrom("rules", "activate", "preset:shopfy-default", *server)
        assert wrong.exit_code == ExitCode.USAGE
        assert "preset:shopify-default" in wrong.stderr


def test_only_the_default_was_ever_active_and_there_is_nothing_to_go_back_to() -> None:
    with server_in_thread(ServerSettings(port=0)) as running:
        server = ("--server", running.address)
        done("rules", "activate", "preset:cheapest", *server)
        refused = shipfrom("rules", "rollback", *server)
        assert refused.exit_code == ExitCode.INVALID_INPUT
        assert "was ever active" in refused.stderr


def test_a_file_that_is_not_there_is_not_looked_for_among_revisions(shared_server: str) -> None:
    refused = shipfrom("rules", "activate", "missing.yaml", "--server", shared_server)
    assert refused.exit_code == ExitCode.INVALID_INPUT
    assert "missing.yaml: is no file" in refused.stderr


def test_a_broken_file_is_refused_with_its_own_name_and_places(
    shared_server: str, tmp_path: Path
) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("version: 1\nstrateggy: cheapest\n", encoding="utf-8")
    refused = shipfrom("rules", "put", file, "--server", shared_server)
    assert refused.exit_code == ExitCode.INVALID_INPUT
    assert f"{file}:2:1: error:" in refused.stderr


def test_checking_stores_nothing(shared_server: str, rules: dict[str, Path]) -> None:
    server = ("--server", shared_server)
    assert "could be stored" in done("rules", "put", rules["reno"], "--check-only", *server)
    unknown = shipfrom("rules", "activate", rules["reno"], *server)
    assert unknown.exit_code == ExitCode.INVALID_INPUT
    assert "UNKNOWN_RULE_SET" in unknown.stderr


def test_a_server_that_is_not_there_is_said(rules: dict[str, Path]) -> None:
    refused = shipfrom("rules", "put", rules["reno"], "--server", "127.0.0.1:1")
    assert refused.exit_code == ExitCode.UNREACHABLE


# --- show and diff need no server --------------------------------------------


def test_a_preset_can_be_read(rules: dict[str, Path]) -> None:
    assert "strategy:" in done("rules", "show", "preset:shopify-default")
    assert done("rules", "show", rules["reno"]) == rules["reno"].read_text(encoding="utf-8")


def test_differences_are_told_in_terms_of_policy(rules: dict[str, Path]) -> None:
    told = done("rules", "diff", rules["reno"], rules["dallas"]).splitlines()
    assert [each.split()[:2] for each in told] == [
        ["removed", "require[only-reno]:"],
        ["added", "require[only-dallas]:"],
    ]
    found = json.loads(done("rules", "diff", rules["reno"], rules["dallas"], "--format", "json"))
    assert [each["kind"] for each in found] == ["removed", "added"]
    assert done("rules", "diff", rules["reno"], rules["reno"]) == "the policy is the same\n"


def test_a_stored_revision_is_compared_with_a_file(
    shared_server: str, rules: dict[str, Path]
) -> None:
    done("rules", "put", rules["reno"], "--server", shared_server)
    name = revision(rules["reno"])
    told = done("rules", "diff", name, rules["dallas"], "--server", shared_server)
    assert "added    require[only-dallas]" in told


# --- trying ------------------------------------------------------------------


@pytest.fixture
def order(tmp_path: Path) -> Path:
    file = tmp_path / "order.json"
    file.write_text(json.dumps(ORDER), encoding="utf-8")
    return file


def test_orders_are_tried_under_each_rule_set(order: Path, tmp_path: Path) -> None:
    one = tmp_path / "one.yaml"
    one.write_text("version: 1\nsplit:\n  max_shipments: 1\n", encoding="utf-8")
    told = done("rules", "try", order, "--rules", "preset:cheapest", "--rules", one)
    assert told.count("1001: 1 shipment") == 2
    assert f"{one}:" in told
    found = json.loads(
        done("rules", "try", order, "--rules", "preset:cheapest", "--rules", one, "-f", "json")
    )
    assert list(found) == ["preset:cheapest", str(one)]
    assert found["preset:cheapest"][0]["basis"]["rule_set_revision"] == "preset:cheapest"


def test_what_stays_unfilled_shows_in_the_exit_code(order: Path, rules: dict[str, Path]) -> None:
    tried = shipfrom("rules", "try", order, "--rules", rules["reno"])
    assert tried.exit_code == ExitCode.INCOMPLETE
    assert "none of 10 locations may ship it" in tried.stdout
