"""The compiled build answers as plain Python does, to the byte, and refuses in the same words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from allocation.build_kind import BuildKind
from tools.compiled.build import ROOT

# Compiling takes 45 s of processor time, and on a busy machine some minutes.
pytestmark = pytest.mark.timeout(1_200)

FEW = ("--plans", "250", "--calls", "250")
MANY = ("--plans", "20000", "--calls", "20000")


def answers(path: Path, *options: str) -> list[str]:
    """Return the build that runs, then its answers, with packages from a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.compiled.answers", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{ROOT}", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4_000:]
    return done.stdout.splitlines()


def compare(tree: Path, *options: str) -> None:
    plain, compiled = answers(ROOT, *options), answers(tree, *options)
    assert (plain[0], compiled[0]) == (BuildKind.PYTHON, BuildKind.COMPILED)
    assert len(plain) > 1
    assert compiled[1:] == plain[1:]


def test_plans_answers_and_refusals_are_those_of_plain_python(tree: Path) -> None:
    compare(tree, *FEW)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 5))
def test_many_answers_are_those_of_plain_python(tree: Path, seed: int) -> None:
    compare(tree, *MANY, "--seed", str(1_000_000 * seed))
