from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tools import audit
from tools.audit import Outcome, look_up, main, parse

CLEAN = {"name": "grpcio", "version": "1.85.0", "vulns": []}
HOLED = {
    "name": "holed",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "description": "a hole"}],
}
UNKNOWN = {"name": "own", "skip_reason": "Dependency not found on PyPI"}


def report(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_vulnerability_is_told_with_the_version_that_mends_it() -> None:
    found = parse(report(CLEAN, HOLED))
    assert found.vulnerable == ("holed 1.0: PYSEC-2026-1, mended in 1.1",)
    assert "1 known" in found.sentence()


def test_that_nothing_could_be_looked_up_is_not_called_clean() -> None:
    assert "NOT AUDITED" in parse(report(UNKNOWN, UNKNOWN)).sentence()
    assert "NOT AUDITED" in Outcome(0, 0, (), "no network").sentence()
    assert not parse(report(CLEAN, UNKNOWN)).complete
    assert "1 could not" in parse(report(CLEAN, UNKNOWN)).sentence()
    assert parse(report(CLEAN)).sentence() == "no known vulnerability in 1 locked versions"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "kept.json"
    monkeypatch.setattr(audit, "KEPT", path)
    return path


def answers(monkeypatch: pytest.MonkeyPatch, outcome: Outcome) -> list[Path]:
    """Answer every look-up with an outcome; return what was looked up."""
    asked: list[Path] = []

    def look(lock: Path) -> Outcome:
        asked.append(lock)
        return outcome

    monkeypatch.setattr(audit, "look_up", look)
    return asked


@pytest.mark.parametrize(
    ("outcome", "code", "remembered"),
    [
        (Outcome(3, 0, ()), 0, True),
        (Outcome(0, 3, ()), 0, True),
        (Outcome(0, 0, (), "no network"), 0, True),
        (Outcome(3, 0, ("holed 1.0",)), 1, False),
    ],
)
def test_only_a_known_vulnerability_is_an_error_and_it_stays_one(
    outcome: Outcome, code: int, remembered: bool, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, outcome)
    assert [main(), main()] == [code, code]
    assert len(asked) == (1 if remembered else 2)


def test_another_lock_or_another_day_is_looked_up_again(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answers(monkeypatch, Outcome(1, 0, ()))
    main()
    content = json.loads(kept.read_text(encoding="utf-8"))
    for change in ({"lock": "other"}, {"time": content["time"] - 90_000}):
        kept.write_text(json.dumps(content | change), encoding="utf-8")
        main()
    kept.write_text("broken", encoding="utf-8")
    main()
    assert len(asked) == 4


def test_a_tool_that_fails_or_hangs_is_told_and_is_no_vulnerability(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "constraints.txt"
    lock.write_text("", encoding="utf-8")
    for script, says in (
        ("echo oh no >&2", "oh no"),
        ("sleep 5", "no answer within"),
        ("echo '[1]'; echo not a report >&2", "not a report"),
    ):
        program = tmp_path / "python"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(program))
        monkeypatch.setattr(audit, "MOST_S", 1.0)
        found = look_up(lock)
        assert says in found.problem
        assert not found.vulnerable


def test_a_place_that_cannot_be_written_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "KEPT", tmp_path / "no" / "such" / "folder.json")
    answers(monkeypatch, Outcome(0, 0, (), "no network"))
    assert main() == 0
