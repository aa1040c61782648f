"""Hatch's hook: `COMPILE_SHIPFROM=1 pip install .` makes a wheel with the compiled modules.

Without the variable the wheel is plain Python, and building it needs no compiler.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT: Final = Path(__file__).resolve().parents[2]
TREE: Final = ROOT / "build" / "compiled"
"""Kept: pip asks for a wheel twice, for its metadata and to install it."""
VARIABLE: Final = "COMPILE_SHIPFROM"
"""Not `SHIPFROM_...`: those are settings of the program that runs."""
NEEDED: Final = ("mypy[mypyc]", "mypy_extensions", "numpy")
"""In the versions of constraints.txt; numpy for its types."""
SETUPTOOLS: Final = "setuptools>=70,<90"
SUFFIX: Final = sysconfig.get_config_var("EXT_SUFFIX")


class CompiledBuildHook(BuildHookInterface[Any]):  # type: ignore[misc]  # not in .venv: untyped
    """Compiles while a wheel is built, if it is wanted."""

    def dependencies(self) -> list[str]:
        """Return what the build needs beside hatchling."""
        return [*_locked(), SETUPTOOLS] if is_wanted() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile and add the modules to the wheel.

        An editable installation stays plain Python: compiled modules would hide what is
        written after them.
        """
        if not is_wanted() or version == "editable":
            return
        command = [sys.executable, "-m", "tools.compiled", str(TREE)]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:  # noqa: S603  # our own
            self.app.abort(f"{VARIABLE}=1 asks for compiled modules; unset it to do without them")
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        for path in TREE.rglob(f"*{SUFFIX}"):
            build_data["force_include"][str(path)] = path.relative_to(TREE).as_posix()


def is_wanted() -> bool:
    """Whether the environment asks for the compiled build.

    Raises
    ------
    ValueError
        If it says neither yes nor no.
    """
    said = os.environ.get(VARIABLE, "")
    if said not in {"", "0", "1"}:
        raise ValueError(f"{VARIABLE} is {said!r}; say 1 for compiled modules, 0 for none")
    return said == "1"


def _locked() -> list[str]:
    lock = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    known = dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)$", lock, re.MULTILINE))
    return [f"{name}=={known[name.partition('[')[0]]}" for name in NEEDED]
