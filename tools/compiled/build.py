"""Making the compiled tree: rewrite, translate, compile, put beside the sources."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tools.compiled.origin import STAMP, is_current, origin_of
from tools.compiled.rewrite import rewrite
from tools.compiled.table import PACKAGES, compiled_files
from tools.compiled.toolchain import check_toolchain

ROOT: Final = Path(__file__).resolve().parents[2]
OPTIMIZE: Final = 3
MOST_LINES: Final = 20
_NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", "*.pyc", "*.so", "*.pyd")


class CompileError(Exception):
    """mypyc or the C compiler refused a module."""


def build_tree(out: Path, *, optimize: int = OPTIMIZE) -> list[str]:
    """Write the packages to a folder, with compiled modules beside their sources.

    Parameters
    ----------
    out
        A folder; what it has of an earlier build is replaced. One that was made from the same
        is left as it is, and what did not change is not compiled again: beside it, a folder
        with `.work` behind its name keeps what was translated.
    optimize
        As the C compiler counts, from 0 to 3.

    Returns
    -------
    list[str]
        Paths of the modules that were compiled, below `out`.

    Raises
    ------
    NoToolchainError
        If this machine cannot compile.
    CompileError
        If a module cannot be compiled.
    RewriteError
        If a class is written as the build does not know it.
    """
    check_toolchain()
    out = out.resolve()
    if out == ROOT or out in ROOT.parents:
        raise CompileError(f"{out} is the checkout or contains it; name a folder of its own")
    files = compiled_files(ROOT)
    work = out.parent / f"{out.name}.work"
    work.mkdir(parents=True, exist_ok=True)
    with _alone(work):
        origin = origin_of(ROOT, optimize)
        if not is_current(out, origin):
            _lay_out(work, files)
            _compile(work, files, optimize)
            _put_together(out, work / "made", origin)
    return files


@contextmanager
def _alone(work: Path) -> Iterator[None]:
    """Wait until no other process builds the same."""
    with (work / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _put_together(out: Path, made: Path, origin: str) -> None:
    """Write sources and compiled modules to the tree."""
    (out / STAMP).unlink(missing_ok=True)
    for package in PACKAGES:
        shutil.rmtree(out / package, ignore_errors=True)
        shutil.copytree(ROOT / package, out / package, ignore=_NOT_COPIED)
    for old in out.glob("*__mypyc*"):
        old.unlink()
    for path in made.rglob("*"):
        if path.is_file():
            shutil.copy2(path, out / path.relative_to(made))
    (out / STAMP).write_text(origin, encoding="utf-8")


def _lay_out(work: Path, files: Sequence[str]) -> None:
    """Write the sources as they are compiled."""
    for package in PACKAGES:
        shutil.rmtree(work / package, ignore_errors=True)
        shutil.copytree(ROOT / package, work / package, ignore=_NOT_COPIED)
    for name in files:
        path = work / name
        path.write_text(rewrite(path.read_text(encoding="utf-8"), name), encoding="utf-8")


def _compile(work: Path, files: Sequence[str], optimize: int) -> None:
    """Run mypyc in a process of its own: it takes module names from the working directory."""
    shutil.rmtree(work / "made", ignore_errors=True)
    command = [sys.executable, "-m", "tools.compiled.translate", str(optimize), *files]
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(  # noqa: S603  # our own interpreter and arguments
        command,
        cwd=work,
        env={**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = f"{done.stdout}\n{done.stderr}".strip().splitlines()
        why = [line for line in said if " error: " in line][:MOST_LINES] or said[-MOST_LINES:]
        raise CompileError("\n".join([f"cannot compile what is in {work}:", *why]))
