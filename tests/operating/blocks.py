"""Commands of the operating pages, run as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT

_BLOCK = r"^ *```sh {name}\n(.*?)^ *```"


def commands(page: str, name: str) -> str:
    """Return the commands of a named block of a page."""
    text = (ROOT / "docs" / "operating" / page).read_text(encoding="utf-8")
    found = re.findall(_BLOCK.format(name=re.escape(name)), text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"{page} has {len(found)} blocks {name}"
    return str(found[0])


def ran(
    page: str, name: str, variables: Mapping[str, str], folders: tuple[Path, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a block with variables; programs are looked up in `folders` first.

    A program that is not installed skips the test.
    """
    own = Path(sys.executable).parent
    path = os.pathsep.join([*map(str, folders), str(own), os.environ["PATH"]])
    text = commands(page, name)
    for program in {line.split()[0] for line in text.splitlines() if line.strip()} - {"umask"}:
        if shutil.which(program, path=path) is None:
            pytest.skip(f"{program} is not installed")
    environment = {**os.environ, **variables, "PATH": path, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
