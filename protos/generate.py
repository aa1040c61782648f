"""Compiles the contract to Python, or checks it: `python protos/generate.py --help`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from protos.layout import PROTOS, ROOT, proto_files
from protos.problem import ContractError
from protos.review import breaking, lint, release
from protos.stubs import check, generate


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="protos/generate.py",
        description="Compile protos/ to routing/v1 and allocation/v1, or check the contract. "
        "Without options: compile. Several checks may be given at once.",
    )
    option = parser.add_argument
    option("--check", action="store_true", help="is the committed code what protos/ compiles to?")
    option("--lint", action="store_true", help="does the contract keep buf's STANDARD rules?")
    option("--breaking", action="store_true", help="do clients of the last release still work?")
    option("--release", action="store_true", help="record the contract as the last release")
    return parser.parse_args(argv)


def run(arguments: argparse.Namespace) -> list[str]:
    """Do what was asked for and return one line per thing done.

    Raises
    ------
    ContractError
        A check found something.
    """
    count = len(proto_files(PROTOS))
    done = []
    if arguments.check:
        check(PROTOS, ROOT)
        done.append(f"contract: generated code is current ({count} proto files)")
    if arguments.lint:
        lint(PROTOS)
        done.append("contract: lint clean")
    if arguments.breaking:
        breaking(PROTOS)
        done.append("contract: compatible with the last release")
    if arguments.release:
        release(PROTOS)
        done.append("contract: recorded as released")
    if not done:
        generate(PROTOS, ROOT)
        done.append(f"contract: {count} proto files compiled")
    return done


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status, 1 when a check found something."""
    try:
        lines = run(_arguments(argv))
    except ContractError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
