"""What the README shows is what the program says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.allocation.cli.test_commands import shipfrom
from tests.architecture.modules import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """Return the only block of a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    return str(found)


def session() -> list[tuple[str, str]]:
    """Return every command of the pasted session with its output."""
    parts = re.split(r"^\$ \.venv/bin/shipfrom (.*)\n", block("console"), flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(("command", "output"), session(), ids=[each[0] for each in session()])
def test_the_pasted_session_is_what_the_commands_print(
    command: str, output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "order.json").write_text(block("json"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = shipfrom(*command.split())
    assert done.exit_code == 0, done.stderr
    assert done.stdout == output


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
