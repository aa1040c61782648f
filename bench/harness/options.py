"""Command-line options that every benchmark has."""

from __future__ import annotations

import argparse


def common_parser(name: str, purpose: str) -> argparse.ArgumentParser:
    """Return a parser with ``--small``, ``--seed`` and ``--record``.

    Parameters
    ----------
    name
        Of the benchmark, as in ``python -m bench.NAME``.
    purpose
        One sentence for ``--help``.
    """
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=purpose)
    parser.add_argument("--small", action="store_true", help="a short run: does it work at all?")
    parser.add_argument("--seed", type=int, default=1, help="of everything drawn (default: 1)")
    parser.add_argument(
        "--record", action="store_true", help=f"append the outcome to bench/results/{name}.jsonl"
    )
    return parser


def name_list(text: str) -> tuple[str, ...]:
    """Read a comma-separated list of names."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
