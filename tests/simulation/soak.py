"""The long form: ``python -m tests.simulation.soak --store sqlite --seed 1 --steps 20000``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.simulation.runs import on_postgres, on_sqlite


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate on one store or both; print what happened, one JSON object a run."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.soak", description=__doc__)
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=0, help="default: one for 500 steps")
    options = parser.parse_args(arguments)
    kills = options.kills or max(1, options.steps // 500)
    if options.store in ("sqlite", "both"):
        with tempfile.TemporaryDirectory(prefix="shipfrom-simulation-") as folder:
            report = on_sqlite(Path(folder) / "ledger.db", options.seed, options.steps, kills)
        print(json.dumps({"store": "sqlite", **asdict(report)}), flush=True)
    if options.store in ("postgres", "both"):
        report = on_postgres(options.seed, options.steps, kills, max(1, kills // 4))
        print(json.dumps({"store": "postgres", **asdict(report)}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
