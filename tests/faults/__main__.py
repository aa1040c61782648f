"""``python -m tests.faults``: every fault under load, as the table of docs/operating/faults.md."""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.allocation.ledger.postgres_server import Server as Database
from tests.faults.result import HEADER, Result
from tests.faults.stores import NoSmallDiskError
from tests.faults.table import ON_FILES, ON_POSTGRES


def main(arguments: Sequence[str] | None = None) -> int:
    """Strike for some seconds with every fault; return 1 if anything acknowledged was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="for each fault")
    parser.add_argument("--fault", choices=[*ON_FILES, *ON_POSTGRES], action="append")
    options = parser.parse_args(arguments)
    # What the connection pool says while there is no database is no news here.
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    logging.getLogger("allocation.server").setLevel(logging.CRITICAL)
    print(HEADER)
    results = []
    for result in _results(options.fault or [*ON_FILES, *ON_POSTGRES], options.seconds):
        results.append(result)
        print(result.row(), flush=True)
        for each in (*result.lost, *result.told.refused.items()):
            print(f"    {each}")
    print(json.dumps([_document(each) for each in results]))
    return 0 if all(each.fine for each in results) else 1


def _results(names: Sequence[str], seconds: float) -> Iterator[Result]:
    for name in names:
        if name in ON_FILES:
            with tempfile.TemporaryDirectory(prefix="shipfrom-fault-") as folder:
                try:
                    yield ON_FILES[name](Path(folder), seconds)
                except NoSmallDiskError as error:
                    print(f"| {name} | not run: {error} |")
        else:
            database = Database()
            try:
                yield ON_POSTGRES[name](database, seconds)
            finally:
                database.stop()


def _document(result: Result) -> dict[str, object]:
    told = result.told
    return {
        "fault": result.fault,
        "committed": len(told.committed),
        "released": len(told.released),
        "lost": len(result.lost),
        "refused": dict(told.refused),
        "repeated": dict(told.repeated),
        "gave_up": told.gave_up,
        "longest_gap_s": round(told.longest_gap_s, 3),
    }


if __name__ == "__main__":
    sys.exit(main())
