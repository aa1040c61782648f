"""Where the compiled tree may go, when it is made anew, and what a failure tells."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools.compiled import build
from tools.compiled.build import ROOT, CompileError, build_tree
from tools.compiled.origin import STAMP, is_current, origin_of
from tools.compiled.table import compiled_files


@pytest.fixture
def small_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of two packages with one module each, and a compiler that writes a file."""
    root = tmp_path / "checkout"
    for package in ("routing", "allocation", "tools/compiled"):
        (root / package).mkdir(parents=True)
        (root / package / "one.py").write_text("ONE = 1\n", encoding="utf-8")
    monkeypatch.setattr(build, "ROOT", root)
    monkeypatch.setattr(build, "check_toolchain", lambda: None)
    monkeypatch.setattr(build, "compiled_files", lambda _: ["routing/one.py"])

    def run(_command: list[str], cwd: Path, **_: Any) -> subprocess.CompletedProcess[str]:
        (cwd / "made" / "routing").mkdir(parents=True)
        shutil.copy(cwd / "routing" / "one.py", cwd / "made" / "routing" / "one.so")
        return subprocess.CompletedProcess(_command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    return root


@pytest.mark.parametrize("out", [ROOT, ROOT.parent])
def test_nothing_is_compiled_over_the_checkout(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "check_toolchain", lambda: None)
    with pytest.raises(CompileError, match="name a folder of its own"):
        build_tree(out)


def test_the_tree_has_sources_and_modules_side_by_side(small_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert build_tree(out) == ["routing/one.py"]
    assert (out / "routing" / "one.so").is_file()
    assert (out / "allocation" / "one.py").is_file()
    assert not list(small_root.rglob("*.so"))


def test_a_tree_is_made_anew_exactly_when_its_origin_changed(
    small_root: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    build_tree(out)
    (out / "routing" / "one.so").write_text("kept", encoding="utf-8")
    build_tree(out)
    assert (out / "routing" / "one.so").read_text(encoding="utf-8") == "kept"
    (small_root / "routing" / "one.py").write_text("ONE = 2\n", encoding="utf-8")
    build_tree(out)
    assert (out / "routing" / "one.so").read_text(encoding="utf-8") == "ONE = 2\n"
    assert build_tree(out, optimize=0)
    assert is_current(out, origin_of(small_root, 0))


def test_a_module_that_is_gone_from_the_sources_is_gone_from_the_tree(
    small_root: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    build_tree(out)
    (out / "routing" / "two.so").touch()
    (small_root / "allocation" / "one.py").unlink()
    build_tree(out)
    assert not (out / "routing" / "two.so").exists()
    assert not (out / "allocation" / "one.py").exists()


def test_a_tree_that_was_not_finished_is_not_current(small_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build_tree(out)
    (out / STAMP).unlink()
    (out / "routing" / "one.so").unlink()
    build_tree(out)
    assert (out / "routing" / "one.so").is_file()


def test_what_the_compiler_said_is_told_and_leaves_no_current_tree(
    small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "noise\nrouting/one.py:1: error: no such name\nmore noise\n"
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, said)
    )
    with pytest.raises(CompileError, match="error: no such name") as caught:
        build_tree(tmp_path / "out")
    assert "noise" not in str(caught.value)
    assert not is_current(tmp_path / "out", origin_of(small_root, 3))


def test_a_pattern_of_the_table_without_a_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"table\.py names allocation/build_kind\.py"):
        compiled_files(tmp_path)
