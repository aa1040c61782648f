"""The compiled build of the sources that are measured."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tools.compiled.build import ROOT, build_tree
from tools.compiled.toolchain import NoToolchainError

TREE: Final = ROOT / "build" / "compiled"


def compiled_tree() -> Path | None:
    """Return a compiled tree of these sources, made if need be; ``None`` where nothing compiles.

    Why nothing does is printed.
    """
    print("compiling, some minutes at the first time ...", flush=True)
    try:
        files = build_tree(TREE)
    except NoToolchainError as error:
        print(f"the compiled build is left out: {error}", file=sys.stderr)
        return None
    print(f"compiled: {len(files)} modules")
    return TREE


def environment_of(tree: Path | None) -> Mapping[str, str]:
    """Return variables for a process that runs from a tree; ``None``: from the checkout."""
    if tree is None:
        return os.environ
    path = os.pathsep.join(filter(None, [str(tree), os.environ.get("PYTHONPATH")]))
    # Otherwise the working directory, which may be the checkout, would come before the tree.
    return {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}
