"""Whether this machine can compile: a C compiler, the headers of Python, mypyc."""

from __future__ import annotations

import os
import shutil
import sysconfig
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path


class NoToolchainError(Exception):
    """The compiled build cannot be made on this machine."""


def check_toolchain() -> None:
    """Return if everything that compiling needs is here.

    Raises
    ------
    NoToolchainError
        If not: everything that is missing, and how to get it or do without.
    """
    missing = list(_missing())
    if missing:
        raise NoToolchainError(
            f"cannot make the compiled build: {'; '.join(missing)}. Or do without: the build in "
            "plain Python does the same, and needs no compiler"
        )


def _missing() -> Iterator[str]:
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        yield (
            f"there is no C compiler {compiler!r} on the PATH "
            "(Debian: apt install gcc; Fedora: dnf install gcc)"
        )
    header = Path(sysconfig.get_path("include")) / "Python.h"
    if not header.is_file():
        yield (
            f"{header} is missing "
            "(Debian: apt install python3-dev; Fedora: dnf install python3-devel)"
        )
    if find_spec("mypyc") is None or find_spec("setuptools") is None:
        yield "mypyc or setuptools is not installed (pip install 'mypy[mypyc]')"
