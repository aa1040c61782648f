"""Every package says what it is for, and files stay small enough to hold one concept."""

from __future__ import annotations

import ast

from tests.architecture.modules import ROOT, modules_below

MOST_LINES = 400

HAND_WRITTEN = ("allocation", "bench", "docs", "protos", "routing", "tests", "tools")


def test_every_folder_with_code_is_a_package_that_says_what_it_is_for() -> None:
    folders = {
        file.parent for top in ("routing", "allocation") for file in (ROOT / top).rglob("*.py")
    }
    silent = [
        folder.relative_to(ROOT).as_posix()
        for folder in sorted(folders)
        if not (folder / "__init__.py").exists()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    ]
    assert not silent, f"add an __init__.py with a docstring: {silent}"


def test_no_file_is_too_long_to_hold_one_concept() -> None:
    lengths = {module.path: module.text.count("\n") for module in modules_below(*HAND_WRITTEN)}
    too_long = {path: count for path, count in lengths.items() if count > MOST_LINES}
    assert not too_long, f"split what has more than {MOST_LINES} lines: {too_long}"
    assert "tests/architecture/test_layout.py" in lengths
