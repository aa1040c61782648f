"""What is said on a machine that cannot compile."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from tools.compiled import toolchain
from tools.compiled.toolchain import NoToolchainError, check_toolchain


def test_everything_that_is_missing_is_told_at_once_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -O2")
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setattr(toolchain, "find_spec", lambda _: None)
    with pytest.raises(NoToolchainError) as caught:
        check_toolchain()
    said = str(caught.value)
    for part in (
        "no C compiler 'no-such-compiler' on the PATH",
        "apt install gcc",
        f"{tmp_path}/Python.h is missing",
        "apt install python3-dev",
        "pip install 'mypy[mypyc]'",
        "needs no compiler",
    ):
        assert part in said


def test_nothing_is_said_where_all_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "Python.h").touch()
    (tmp_path / "cc").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CC", "cc")
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    check_toolchain()
