"""What lines of every kind cost to plan: ``python -m bench.kinds``.

The same orders, each planned with plain items, with kits, with stock in lots that have to keep
for a while, and with little stock where the rest waits for supply. Heavy kits and heavy lots are
of three times the units, which may be split: kits of kits that share components, and a dozen lots
a level. Timed is the whole of a plan, from request to rendered answer, and the search within it.

What the other kinds cost plain orders is the ratio of plain orders as they are to plain orders in
a problem builder that is told at once that there is nothing else; both turn by turn, on the same
orders, each the quickest of several.
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
from bench.plain_alone import plain_alone

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


@dataclass(frozen=True, slots=True)
class Paid:
    """What plain orders pay for the other kinds: quickest of several plans of each, in ms."""

    as_is_ms: list[float]
    alone_ms: list[float]

    @property
    def ratio(self) -> float:
        """Time as it is to time without the other kinds, over all orders."""
        return sum(self.as_is_ms) / sum(self.alone_ms)


def paid_by_plain(requests: Sequence[PlanningRequest], turns: int) -> Paid:
    """Plan plain orders in turn with and without everything else."""
    engine = Engine(monotonic)

    def plan_ms(request: PlanningRequest) -> float:
        return 1000 * engine.plan(request).total_s

    found = Paid([], [])
    settle()
    for request in requests:
        as_is, alone = [], []
        for _ in range(turns):
            as_is.append(plan_ms(request))
            with plain_alone():
                alone.append(plan_ms(request))
        found.as_is_ms.append(min(as_is))
        found.alone_ms.append(min(alone))
    return found


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
    for kind in Kind:  # fills caches
        measure(kind, requests_of(kind, *size))
    figures = [measure(kind, requests_of(kind, *size)) for kind in Kind]
    print_table("milliseconds", HEADS, [each.row() for each in figures])
    paid = paid_by_plain(list(requests_of(Kind.PLAIN, *size)), options.turns)
    print(
        f"\nplain orders: {shown(median(paid.as_is_ms))} ms as they are, "
        f"{shown(median(paid.alone_ms))} ms without other kinds; ratio {paid.ratio:.3f}"
    )
    outcome = {
        "bench": "kinds",
        "orders": options.orders,
        "lines": options.lines,
        "locations": options.locations,
        "kinds": [each.record() for each in figures],
        "plain_ratio": round(paid.ratio, 4),
        "plain_as_is_ms": rounded(median(paid.as_is_ms)),
        "plain_alone_ms": rounded(median(paid.alone_ms)),
    }
    finish(outcome, seed=options.seed, record=options.record)
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = common_parser("kinds", "What lines of every kind cost to plan.")
    parser.add_argument("--lines", type=int, default=3)
    parser.add_argument("--locations", type=int, default=100)
    parser.add_argument("--orders", type=int, default=100)
    parser.add_argument("--turns", type=int, default=7, help="plans of each plain order")
    options = parser.parse_args(argv)
    if options.small:
        options.orders = min(options.orders, 10)
    return options


if __name__ == "__main__":
    sys.exit(main())
