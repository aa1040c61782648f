"""Command line of the recipe: ``python -m routing.geo.recipe SOURCE_DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from routing.geo.recipe.build import build

_DATA = Path(__file__).parent.parent / "data"


def main(arguments: list[str]) -> None:
    """Rebuild the packaged files and report the size of each."""
    parser = argparse.ArgumentParser(
        prog="python -m routing.geo.recipe", description="Rebuild the packaged postal data."
    )
    parser.add_argument("source_dir", type=Path, help="directory with the published tables")
    for name, content in build(parser.parse_args(arguments).source_dir).items():
        (_DATA / name).write_bytes(content)
        sys.stdout.write(f"{name}: {len(content):,} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
