from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allocation.cli.app import app
from allocation.cli.exit_codes import ExitCode
from allocation.server.config.masking import has_password, masked

SECRET = "postgresql://user:hunter2@db.example.com/shipfrom"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shipfrom.toml"
    path.write_text(f'queue = 5\nstore = "{SECRET}"\n', encoding="utf-8")
    return path


def test_show_lists_values_and_origins_and_no_password(file: Path) -> None:
    done = run("config", "show", "--config", str(file), "--set", "port=0")
    assert done.exit_code == 0
    assert "hunter2" not in done.output
    rows = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert rows["queue"].endswith(f"file {file}")
    assert "option --set" in rows["port"]
    assert rows["threads"].endswith("default")
    assert "postgresql://user:***@db.example.com/shipfrom" in rows["store"]


def test_the_file_may_be_named_by_a_variable(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPFROM_CONFIG", str(file))
    assert f"file {file}" in run("config", "show").stdout


def test_check_says_fine_or_every_reason_why_a_server_would_not_start(file: Path) -> None:
    fine = run("config", "check", "--config", str(file))
    assert (fine.exit_code, fine.stdout.split(":")[0]) == (0, "fine")
    exposed = run("config", "check", "--config", str(file), "--set", "host=0.0.0.0")
    assert exposed.exit_code == ExitCode.INVALID_INPUT
    assert "nobody would be asked" in exposed.output
    assert "in the clear" in exposed.output
    missing = run("config", "check", "--set", "security.principals_file=gone.toml")
    assert missing.exit_code == ExitCode.INVALID_INPUT
    assert "gone.toml" in missing.output


def test_what_cannot_be_set_is_a_usage_error_with_every_problem() -> None:
    done = run("config", "check", "--set", "port=x", "--set", "no=1")
    assert done.exit_code == ExitCode.USAGE
    assert "port: is 'x'" in done.output
    assert "no: is no setting" in done.output


def test_a_password_on_the_command_line_is_refused_and_not_repeated() -> None:
    for command in (["config", "check", "--set", f"store={SECRET}"], ["serve", "--store", SECRET]):
        done = run(*command)
        assert done.exit_code == ExitCode.USAGE
        assert "SHIPFROM_STORE" in done.output
        assert "hunter2" not in done.output


def test_variables_that_set_nothing_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPFROM_PROT", "5")
    done = run("config", "check")
    assert done.exit_code == 0
    assert "did you mean SHIPFROM_PORT?" in done.output


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (SECRET, "postgresql://user:***@db.example.com/shipfrom"),
        ("postgresql://user@host/db", "postgresql://user@host/db"),
        ("postgresql://host/db?user=a&password=b%20c", "postgresql://host/db?user=a&password=***"),
        ("postgresql://:x@host/db", "postgresql://:***@host/db"),
        ("sqlite:///a:b@c/file", "sqlite:///a:b@c/file"),
        ("memory", "memory"),
    ],
)
def test_only_passwords_are_masked(address: str, expected: str) -> None:
    assert masked(address) == expected
    assert has_password(address) == (address != expected)
