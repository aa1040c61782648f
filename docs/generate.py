"""Writes the reference pages from the code, or checks them: `python docs/generate.py --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from docs.generator.pages import PAGES, check, write
from docs.generator.problem import DocsError
from protos.problem import ContractError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status, 1 when something is wrong."""
    parser = argparse.ArgumentParser(
        prog="docs/generate.py",
        description="Write the pages of docs/reference that are made from the code, or check them.",
    )
    parser.add_argument(
        "--check", action="store_true", help="are the pages what the code says, byte for byte?"
    )
    arguments = parser.parse_args(argv)
    try:
        if arguments.check:
            check()
        else:
            write()
    except (DocsError, ContractError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    done = "are current" if arguments.check else "written"
    sys.stdout.write(f"docs: {len(PAGES)} reference pages {done}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
