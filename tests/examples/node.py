"""Node, and the packages that the TypeScript example needs; tests without them are skipped."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.architecture.modules import ROOT

EXAMPLE = ROOT / "examples" / "typescript"
PACKAGES = EXAMPLE / "node_modules"
OLDEST = 20


def require_node() -> str:
    """Return the program `node`; skip the test, and say why, where it cannot be run."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on the PATH")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    if int(version.stdout.lstrip("v").split(".")[0]) < OLDEST:
        pytest.skip(f"node is {version.stdout.strip()}; the example needs {OLDEST}")
    if not (PACKAGES / "@grpc" / "grpc-js").is_dir():
        pytest.skip("the packages of examples/typescript are missing; run make examples")
    return node


def built(folder: Path) -> Path:
    """Type-check and compile the example into a folder; return its program."""
    node = require_node()
    compiler = PACKAGES / "typescript" / "bin" / "tsc"
    found = subprocess.run(
        [node, str(compiler), "--project", str(EXAMPLE), "--outDir", str(folder / "dist")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, f"the example does not compile:\n{found.stdout}{found.stderr}"
    with_packages(folder)
    return folder / "dist" / "checkout.js"


def with_packages(folder: Path) -> None:
    """Let programs in a folder use the example's packages."""
    shutil.copy(EXAMPLE / "package.json", folder)
    (folder / "node_modules").symlink_to(PACKAGES, target_is_directory=True)


def ran(
    command: list[str], variables: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a program with a few variables and nothing else of the environment."""
    return subprocess.run(
        command,
        env=dict(variables),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
