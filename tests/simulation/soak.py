"""The long form: ``python -m tests.simulation.soak --store sqlite --seed 1 --steps 20000``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.simulation.runs import grpc_on_postgres, grpc_on_sqlite, on_postgres, on_sqlite
from tests.simulation.simulate import Report
from tests.simulation.told_apart.runs import (
    ToldApartReport,
    told_apart_on_postgres,
    told_apart_on_sqlite,
)

Run = Callable[[Path, int, int, int], Report | ToldApartReport]

RUNS: Mapping[tuple[str, str], Run] = {
    ("ledger", "sqlite"): lambda folder, seed, steps, kills: on_sqlite(
        folder / "ledger.db", seed, steps, kills
    ),
    ("ledger", "postgres"): lambda _, seed, steps, kills: on_postgres(
        seed, steps, kills, _of_database(kills)
    ),
    ("told-apart", "sqlite"): lambda folder, seed, steps, kills: told_apart_on_sqlite(
        folder / "ledger.db", seed, steps, kills
    ),
    ("told-apart", "postgres"): lambda _, seed, steps, kills: told_apart_on_postgres(
        seed, steps, kills, _of_database(kills)
    ),
    ("grpc", "sqlite"): grpc_on_sqlite,
    ("grpc", "postgres"): lambda folder, seed, steps, kills: grpc_on_postgres(
        folder, seed, steps, kills, _of_database(kills)
    ),
}
"""By what the calls go to and the store under it: a ledger; a ledger with lots, serials, kits
and units that wait; or a server over gRPC."""

LEDGER_STEPS_FOR_EACH_OF_GRPC = 10
"""Servers take longer to start, and their clocks cannot be told that a hold has run out."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate what is asked for; print what happened, one JSON object a run."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.soak", description=__doc__)
    parser.add_argument("--through", choices=("ledger", "told-apart", "grpc", "all"), default="all")
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--steps", type=int, default=10_000, help="of ledgers; servers take a tenth of them"
    )
    parser.add_argument("--kills", type=int, default=0, help="default: one for 500 steps")
    options = parser.parse_args(arguments)
    for (through, store), run in RUNS.items():
        if options.through in (through, "all") and options.store in (store, "both"):
            steps = options.steps
            if through == "grpc":
                steps = max(1, steps // LEDGER_STEPS_FOR_EACH_OF_GRPC)
            kills = options.kills or max(1, steps // 500)
            with tempfile.TemporaryDirectory(prefix="shipfrom-simulation-") as folder:
                report = run(Path(folder), options.seed, steps, kills)
            print(json.dumps({"through": through, "store": store, **asdict(report)}), flush=True)
    return 0


def _of_database(kills: int) -> int:
    return max(1, kills // 4)


if __name__ == "__main__":
    sys.exit(main())
