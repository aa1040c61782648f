"""Command line of the compiled build: ``python -m tools.compiled OUT``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tools.compiled.build import OPTIMIZE, CompileError, build_tree
from tools.compiled.rewrite import RewriteError
from tools.compiled.toolchain import NoToolchainError


def main() -> int:
    """Build and say what was built; 1 with the reason if that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m tools.compiled", description=__doc__)
    parser.add_argument("out", type=Path, help="folder that gets routing/ and allocation/")
    parser.add_argument(
        "--optimize", type=int, choices=range(4), default=OPTIMIZE, help="as in -O of the compiler"
    )
    options = parser.parse_args()
    start = time.monotonic()
    try:
        files = build_tree(options.out, optimize=options.optimize)
    except (CompileError, LookupError, NoToolchainError, RewriteError) as error:
        print(error, file=sys.stderr)
        return 1
    took_s = time.monotonic() - start
    print(f"{options.out}: {len(files)} modules compiled, {took_s:.0f} s")
    print(f"run them with PYTHONPATH={options.out.resolve()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
