"""What the pages show of a terminal is what the commands print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allocation.cli.app import app
from tests.architecture.modules import ROOT

PROGRAM = ".venv/bin/shipfrom "
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n", re.MULTILINE)


def sessions_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield every command of the console blocks of a page, with what follows it."""
    for language, _, content in FENCE.findall(text):
        if language == "console":
            parts = COMMAND.split(content)
            assert not parts[0], f"output before the first command: {parts[0]!r}"
            yield from zip(parts[1::2], parts[2::2], strict=True)


def write_files_of(text: str, folder: Path) -> None:
    """Write every block that names a file behind its language."""
    for _, name, content in FENCE.findall(text):
        if name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")


def differences(text: str) -> list[str]:
    """Run the commands of a page in the current folder; return what came out otherwise."""
    found, last_exit = [], 0
    for command, shown in sessions_of(text):
        if command == "echo $?":
            output = f"{last_exit}\n"
        else:
            assert command.startswith(PROGRAM), f"cannot run {command!r} here"
            plain, _, last = command.removeprefix(PROGRAM).partition(" | tail -")
            done = CliRunner().invoke(app, plain.split())
            output, last_exit = done.output, done.exit_code
            if last:
                output = "".join(output.splitlines(keepends=True)[-int(last) :])
        if output != shown:
            found.append(f"$ {command}\n{output}")
    return found


PAGES = [
    page
    for page in sorted((ROOT / "docs").rglob("*.md"))
    if any(sessions_of(page.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_sessions_of_a_page_are_what_the_commands_print(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = page.read_text(encoding="utf-8")
    write_files_of(text, tmp_path)
    monkeypatch.chdir(tmp_path)
    found = differences(text)
    assert not found, "\n".join(found)


def test_there_are_pages_with_sessions() -> None:
    assert {page.name for page in PAGES} >= {"import-shopify.md", "read-an-explanation.md"}


def test_output_and_exit_codes_that_differ_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        "```json order.json\n{}\n```\n"
        "```console\n$ .venv/bin/shipfrom --version\nshipfrom 0.0.0\n$ echo $?\n0\n```\n"
        "```console\n$ .venv/bin/shipfrom allocate gone.json\n$ echo $?\n0\n```\n"
    )
    write_files_of(text, tmp_path)
    assert (tmp_path / "order.json").read_text(encoding="utf-8") == "{}\n"
    heads = [each.partition("\n")[0] for each in differences(text)]
    assert heads == [
        "$ .venv/bin/shipfrom --version",
        "$ .venv/bin/shipfrom allocate gone.json",
        "$ echo $?",
    ]
