"""What lines of every kind cost to plan: ``python -m bench.kinds``.

The same orders, each planned with plain items, with kits, with stock in lots that have to keep
for a while, and with little stock where the rest waits for supply. Timed is the whole of a plan,
from request to rendered answer, and the search within it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median
from time import monotonic
from typing import Final

from allocation.engine import Engine
from allocation.engine_api import PlanningRequest
from allocation.optimize.solution import ProofStatus
from bench.harness.figures import percentile, rounded, shown
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.harness.timing import settle
from bench.instances.kinds import Kind, requests_of

HEADS: Final = ("kind", "proven", "median", "p99", "search", "search p99", "shipments")


@dataclass(frozen=True, slots=True)
class Figures:
    """What planning the orders with items of one kind took."""

    kind: Kind
    plan_ms: list[float]
    search_ms: list[float]
    shipments: list[int]
    proven: int

    def record(self) -> dict[str, object]:
        """Return the figures for the record."""
        return {
            "kind": self.kind.value,
            "proven": self.proven,
            "median_ms": rounded(median(self.plan_ms)),
            "p99_ms": rounded(percentile(self.plan_ms, 99)),
            "search_median_ms": rounded(median(self.search_ms)),
            "search_p99_ms": rounded(percentile(self.search_ms, 99)),
            "shipments": rounded(mean(self.shipments)),
        }

    def row(self) -> tuple[str, ...]:
        """Return the figures for people."""
        return (
            self.kind.value,
            f"{self.proven}/{len(self.plan_ms)}",
            shown(median(self.plan_ms)),
            shown(percentile(self.plan_ms, 99)),
            shown(median(self.search_ms)),
            shown(percentile(self.search_ms, 99)),
            shown(mean(self.shipments)),
        )


def measure(kind: Kind, requests: Iterable[PlanningRequest]) -> Figures:
    """Plan every request once."""
    engine = Engine(monotonic)
    found = Figures(kind, [], [], [], 0)
    proven = 0
    for request in requests:
        settle()
        result = engine.plan(request)
        found.plan_ms.append(1000 * result.total_s)
        found.search_ms.append(1000 * result.solve_s)
        found.shipments.append(len(result.plan.shipments))
        proven += result.plan.proof.status is ProofStatus.OPTIMAL
    return Figures(kind, found.plan_ms, found.search_ms, found.shipments, proven)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    options = _options(argv)
    print(
        f"bench.kinds: {options.orders} orders of {options.lines} lines, "
        f"{options.locations} locations"
    )
    print(describe(options.seed))
    print()
    size = options.orders, options.lines, options.locations, options.seed
    measure(Kind.PLAIN, requests_of(Kind.PLAIN, 3, *size[1:]))  # fills caches
    figures = [measure(kind, requests_of(kind, *size)) for kind in Kind]
    print_table("milliseconds", HEADS, [each.row() for each in figures])
    outcome = {
        "bench": "kinds",
        "orders": options.orders,
        "lines": options.lines,
        "locations": options.locations,
        "kinds": [each.record() for each in figures],
    }
    finish(outcome, seed=options.seed, record=options.record)
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = common_parser("kinds", "What lines of every kind cost to plan.")
    parser.add_argument("--lines", type=int, default=3)
    parser.add_argument("--locations", type=int, default=100)
    parser.add_argument("--orders", type=int, default=100)
    options = parser.parse_args(argv)
    if options.small:
        options.orders = min(options.orders, 10)
    return options


if __name__ == "__main__":
    sys.exit(main())
