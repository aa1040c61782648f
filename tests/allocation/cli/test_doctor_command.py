"""`shipfrom doctor` from the outside: what it prints, and what its exit code says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allocation.cli.app import app
from allocation.cli.exit_codes import ExitCode

NETWORK = """{"locations": [{"id": "reno", "address": {"region_code": "US",
"postal_code": "89502"}}], "items": [{"id": "mug", "weight_g": {"value": "350"}}]}"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "network.json").write_text(NETWORK)
    path = tmp_path / "shipfrom.toml"
    path.write_text('port = 0\nstore = "sqlite:shipfrom.db"\nnetwork_files = ["network.json"]\n')
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments])


def test_a_healthy_server_ends_with_zero_and_nothing_is_made(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.parent)
    done = run("--config", str(config))
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "0 error(s), 0 warning(s)")
    assert sorted(each.name for each in config.parent.iterdir()) == [
        "network.json",
        "shipfrom.toml",
    ]


def test_warnings_and_errors_have_exit_codes_of_their_own(config: Path) -> None:
    warned = run("--config", str(config), "--set", "store=memory")
    assert warned.exit_code == ExitCode.INCOMPLETE
    assert "-> name a store that lasts" in warned.stdout
    failed = run("--config", str(config), "--set", "security.principals_file=gone.toml")
    assert failed.exit_code == ExitCode.INVALID_INPUT
    assert "gone.toml" in failed.stdout


@pytest.mark.parametrize(
    ("store", "mode", "told"),
    [
        ("postgresql://u:secret@127.0.0.1:1/x", 0o644, True),
        ("postgresql://u:secret@127.0.0.1:1/x", 0o600, False),
        ("postgresql://u@127.0.0.1:1/x", 0o644, False),
    ],
)
def test_a_password_in_a_settings_file_is_for_its_owner_alone(
    tmp_path: Path, store: str, mode: int, told: bool
) -> None:
    path = tmp_path / "shipfrom.toml"
    path.write_text(f'port = 0\nstore = "{store}"\n')
    path.chmod(mode)
    done = run("--config", str(path))
    assert ("has the store's password and can be read by others" in done.stdout) == told
    assert "secret" not in done.stdout.replace("secrets", "")


def test_json_says_the_same_as_the_lines(config: Path) -> None:
    sick = ("--config", str(config), "--set", "store=memory", "--set", "host=0.0.0.0")
    lines, document = run(*sick), json.loads(run(*sick, "--json").stdout)
    assert document["healthy"] is False
    counts = f"{document['errors']} error(s), {document['warnings']} warning(s)"
    assert lines.stdout.splitlines()[-1] == counts
    for each in document["findings"]:
        if each["severity"] in {"warning", "error"}:
            assert each["message"] in lines.stdout
            assert each["way_out"] in lines.stdout
    assert (document["errors"], document["warnings"]) == (2, 1)


def test_every_problem_of_the_settings_is_told_and_no_password(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIPFROM_PROT", "1")
    done = run("--config", str(config), "--set", "port=x", "--set", "no=1", "--json")
    assert done.exit_code == ExitCode.INVALID_INPUT
    messages = [each["message"] for each in json.loads(done.stdout)["findings"]]
    assert len(messages) == 3
    monkeypatch.setenv("SHIPFROM_STORE", "postgresql://me:hunter2@127.0.0.1:1/x")
    (config.parent / "other.toml").write_text("port = 0\n")
    away = run("--config", str(config.parent / "other.toml"))
    assert away.exit_code == ExitCode.INVALID_INPUT
    assert "hunter2" not in away.output
