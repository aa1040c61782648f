"""The compiled tree that tests run against."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.compiled.build import ROOT, build_tree
from tools.compiled.toolchain import NoToolchainError, check_toolchain

TREE = ROOT / "build" / "compiled-for-tests"


@pytest.fixture(scope="session")
def tree() -> Path:
    """Return a compiled tree of these sources; made once, and anew when they change."""
    try:
        check_toolchain()
    except NoToolchainError as error:
        pytest.skip(str(error))
    # What is slow to compile makes the program quick, and no other answers.
    build_tree(TREE, optimize=0)
    return TREE
