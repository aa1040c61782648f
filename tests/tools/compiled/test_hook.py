"""When a wheel is compiled, with what, and what is said if that cannot be."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Generic, TypeVar

import pytest

from tools.compiled.build import ROOT

T = TypeVar("T")


class Interface(Generic[T]):
    """What hatchling gives a hook; hatchling itself is only where wheels are built."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.app = SimpleNamespace(abort=self._abort)

    def _abort(self, message: str) -> None:
        self.said.append(message)
        raise SystemExit(1)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Any:
    parts = ["hatchling", "builders", "hooks", "plugin", "interface"]
    for count in range(1, len(parts) + 1):
        module: Any = ModuleType(".".join(parts[:count]))
        module.BuildHookInterface = Interface
        monkeypatch.setitem(sys.modules, module.__name__, module)
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    path = ROOT / told["build"]["targets"]["wheel"]["hooks"]["custom"]["path"]
    spec = importlib.util.spec_from_file_location("hook", path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    monkeypatch.delenv(found.VARIABLE, raising=False)
    return found


@pytest.fixture
def compiles(hook: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Let the tool seem to compile one module; what it is called with is kept."""
    calls: list[list[str]] = []
    monkeypatch.setattr(hook, "TREE", tmp_path)

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        (tmp_path / "routing").mkdir(exist_ok=True)
        (tmp_path / "routing" / f"item{hook.SUFFIX}").touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(hook.subprocess, "run", run)
    return calls


@pytest.mark.parametrize("said", [None, "", "0"])
def test_unless_it_is_asked_for_the_wheel_stays_python_and_needs_nothing(
    hook: Any, compiles: list[list[str]], monkeypatch: pytest.MonkeyPatch, said: str | None
) -> None:
    if said is not None:
        monkeypatch.setenv(hook.VARIABLE, said)
    data: dict[str, Any] = {"pure_python": True, "force_include": {}}
    made = hook.CompiledBuildHook()
    made.initialize("standard", data)
    assert made.dependencies() == []
    assert data == {"pure_python": True, "force_include": {}}
    assert not compiles


def test_a_compiled_wheel_has_the_modules_and_is_of_one_platform(
    hook: Any, compiles: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hook.VARIABLE, "1")
    data: dict[str, Any] = {"pure_python": True, "force_include": {}}
    hook.CompiledBuildHook().initialize("standard", data)
    assert compiles == [[sys.executable, "-m", "tools.compiled", str(hook.TREE)]]
    assert (data["pure_python"], data["infer_tag"]) == (False, True)
    assert list(data["force_include"].values()) == [f"routing/item{hook.SUFFIX}"]


def test_what_compiles_has_the_versions_that_are_locked(
    hook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hook.VARIABLE, "1")
    lock = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    needed = hook.CompiledBuildHook().dependencies()
    assert {each.partition("=")[0] for each in needed} == {
        "mypy[mypyc]",
        "mypy_extensions",
        "numpy",
        "setuptools>",
    }
    assert all(each.replace("[mypyc]", "") in lock for each in needed if "==" in each)


def test_an_editable_installation_is_never_compiled(
    hook: Any, compiles: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hook.VARIABLE, "1")
    data: dict[str, Any] = {}
    hook.CompiledBuildHook().initialize("editable", data)
    assert data == {}
    assert not compiles


def test_a_wheel_that_cannot_be_compiled_fails_and_says_how_to_do_without(
    hook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hook.VARIABLE, "1")
    monkeypatch.setattr(
        hook.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1)
    )
    made = hook.CompiledBuildHook()
    with pytest.raises(SystemExit):
        made.initialize("standard", {})
    assert "unset it to do without" in made.said[0]


def test_a_word_that_is_neither_yes_nor_no_is_refused(
    hook: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hook.VARIABLE, "yes")
    with pytest.raises(ValueError, match=r"COMPILE_SHIPFROM is 'yes'; say 1 .* 0"):
        hook.CompiledBuildHook().dependencies()
