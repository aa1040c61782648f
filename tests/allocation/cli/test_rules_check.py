"""``shipfrom rules check``: findings, cases and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from allocation.cli.app import app
from allocation.cli.exit_codes import ExitCode
from allocation.demo.files import demo_directory
from routing.rules.presets import NAMES

RULES = """\
version: 1
strategy: [closest]
require:
  - {name: not-from-reno, location: location.id != 'reno'}
"""
CASES = """\
version: 1
network:
  locations:
    - {id: reno, postal_code: "89502"}
    - {id: dallas, postal_code: "75201"}
  items: [{id: cup}]
cases:
  - name: from-dallas
    because: Reno is closed
    stock: {cup: {reno: 1, dallas: 1}}
    order: {postal_code: "94105", lines: [{item: cup, units: 1}]}
    expect: {ships_from: [dallas]}
"""


def check(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["rules", "check", *(str(each) for each in arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a rule set file whose cases stand beside it."""
    (tmp_path / "rules.cases.yaml").write_text(CASES, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    return tmp_path / "rules.yaml"


def test_cases_beside_the_file_are_run(file: Path) -> None:
    answer = check(file)
    assert answer.exit_code == ExitCode.OK
    assert "0 error(s), 1 warning(s), 1 of 1 case(s) hold" in answer.stdout
    assert f"{file}:2:1: warning: strategy: no case would fail without it" in answer.stdout


def test_an_error_ends_with_3_and_runs_no_case(file: Path) -> None:
    file.write_text(RULES.replace("closest", "closst"), encoding="utf-8")
    answer = check(file)
    assert answer.exit_code == ExitCode.INVALID_INPUT
    assert f"{file}:2:12: error: strategy[0]: is closst; did you mean 'closest'?" in answer.stdout
    assert "no case was run" in answer.stdout


def test_a_case_that_fails_ends_with_1_and_says_why(file: Path) -> None:
    file.write_text(RULES.replace("!=", "=="), encoding="utf-8")
    answer = check(file)
    assert answer.exit_code == ExitCode.INCOMPLETE
    assert (
        "case from-dallas fails: expected dallas; the plan sends 1 cup from reno" in answer.stdout
    )
    assert "expected because: Reno is closed" in answer.stdout
    assert "0 of 1 case(s) hold" in answer.stdout


def test_warnings_fail_only_a_strict_check(file: Path) -> None:
    assert check(file).exit_code == ExitCode.OK
    assert check(file, "--strict").exit_code == ExitCode.INCOMPLETE


def test_a_network_is_compared_with_the_rules(file: Path) -> None:
    answer = check(file, "--network", demo_directory())
    assert "no location.id is 'reno'" in answer.stdout


def test_json_says_the_same(file: Path) -> None:
    found = json.loads(check(file, "--format", "json").stdout)
    assert (found["errors"], found["warnings"], found["failed_cases"]) == (0, 1, 0)
    assert found["findings"][0]["line"] == 2
    assert found["cases"] == [
        {"name": "from-dallas", "passed": True, "failures": [], "reasons": []}
    ]


def test_mistakes_in_the_cases_are_told_with_their_file(file: Path) -> None:
    cases = file.with_name("other.yaml")
    cases.write_text(CASES.replace("ships_from", "ship_from"), encoding="utf-8")
    answer = check(file, "--cases", cases)
    assert answer.exit_code == ExitCode.INVALID_INPUT
    assert f"{cases}:12:14: error: cases[0].expect.ship_from: is no key here" in answer.stdout


def test_a_file_that_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"version: 1\n\xff")
    answer = check(file)
    assert answer.exit_code == ExitCode.INVALID_INPUT
    assert "is no UTF-8 text (byte 11)" in answer.stderr


def test_a_mark_at_the_start_of_the_file_does_no_harm(file: Path) -> None:
    file.write_text("\ufeff" + RULES, encoding="utf-8")
    assert check(file).exit_code == ExitCode.OK


@pytest.mark.parametrize("name", NAMES)
def test_shipped_presets_pass_the_strict_check(name: str) -> None:
    folder = Path(__file__).resolve().parents[3] / "routing" / "rules" / "presets"
    answer = check(folder / f"{name}.yaml", "--strict")
    assert answer.exit_code == ExitCode.OK, answer.stdout


@pytest.mark.parametrize("option", [(), ("--cases",)])
def test_the_schema_is_written_as_it_is_published(option: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(app, ["rules", "schema", *option])
    name = "rules.cases.schema.json" if option else "rules.schema.json"
    published = Path(__file__).resolve().parents[3] / "docs" / "reference" / name
    assert answer.stdout == published.read_text(encoding="utf-8")
