"""What parcels cost to price, and carts to quote: ``python -m bench.rating``.

The same carts with and without cartons. Timed is the table of parcel costs that the search works
with (every subset of the cart on every tariff), by itself, and the whole of a quote.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean, median
from time import monotonic
from typing import Final

import numpy as np

from allocation.engine import Engine
from allocation.engine_api import PlanningRequest
from allocation.optimize.atoms import make_atoms, make_lattice
from allocation.optimize.contents import make_contents
from allocation.optimize.ladder import or_tools
from allocation.optimize.parcel_tables import make_parcel_tables
from allocation.optimize.solution import ProofStatus
from allocation.server.rehearsal import rehearse
from bench.harness.figures import percentile, rounded, shown
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.harness.timing import settle, timed
from bench.instances.kinds import Kind, requests_of
from routing.carton import Carton
from routing.ids import CartonId
from routing.item import Dimensions
from routing.network import Network
from routing.sourcing.build import build_sourcing

UM_PER_MM: Final = 1_000
HEADS: Final = (
    "locations",
    "carts",
    "subset prices/s",
    "proven",
    "worst gap",
    "quote p50",
    "quote p99",
    "again p50",
    "rehearsal",
    "first quote",
    "options",
)
LOCATIONS: Final = (100, 1_000)
SIZES_MM: Final = (
    (200, 150, 100),
    (250, 200, 150),
    (300, 250, 200),
    (350, 300, 250),
    (400, 300, 300),
    (500, 400, 300),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """What carts of one kind took.

    Attributes
    ----------
    again_ms
        Of each quote when the same cart is shown again: what fits where is known then.
    rehearsal_ms
        What a server takes at its start for price lists and calendars that all quotes share.
    cold_ms
        Of the first quote after that.
    gaps
        Of the plans, 0 where proven.
    """

    name: str
    prices_per_s: float
    proven: int
    again_ms: list[float]
    rehearsal_ms: float
    cold_ms: float
    quote_ms: list[float]
    options: list[int]
    gaps: list[float]

    def record(self) -> dict[str, object]:
        """Return the figures for the record."""
        return {
            "subset_prices_per_s": round(self.prices_per_s),
            "carts": len(self.quote_ms),
            "proven": self.proven,
            "worst_gap": round(max(self.gaps), 4),
            "quote_p50_ms": rounded(median(self.quote_ms)),
            "quote_p99_ms": rounded(percentile(self.quote_ms, 99)),
            "again_p50_ms": rounded(median(self.again_ms)),
            "again_p99_ms": rounded(percentile(self.again_ms, 99)),
            "rehearsal_ms": rounded(self.rehearsal_ms),
            "first_quote_ms": rounded(self.cold_ms),
            "options": rounded(mean(self.options)),
        }

    def row(self, locations: int) -> tuple[str, ...]:
        """Return the figures for people."""
        return (
            f"{locations:,}",
            self.name,
            f"{self.prices_per_s:,.0f}",
            f"{self.proven}/{len(self.quote_ms)}",
            f"{max(self.gaps):.1%}",
            shown(median(self.quote_ms)),
            shown(percentile(self.quote_ms, 99)),
            shown(median(self.again_ms)),
            shown(self.rehearsal_ms),
            shown(self.cold_ms),
            shown(mean(self.options)),
        )


def cartons() -> tuple[Carton, ...]:
    """Return what a small merchant packs with, filled to what packers reach."""
    return tuple(
        Carton(
            CartonId(f"carton-{number}"),
            Dimensions(*(side * UM_PER_MM for side in sides)),
            Dimensions(*((side + 6) * UM_PER_MM for side in sides)),
            tare_ug=(120 + 60 * number) * 10**6,
            cost_minor=35 + 25 * number,
            fill_percent=80,
        )
        for number, sides in enumerate(SIZES_MM)
    )


def in_cartons(requests: Iterator[PlanningRequest], seed: int) -> Iterator[PlanningRequest]:
    """Give items a size, and the network cartons: one network, as a server has it."""
    draws = random.Random(seed)
    shared: Network | None = None
    for request in requests:
        if shared is None:
            shared = request.network.with_cartons(cartons())
        items = [
            replace(
                item,
                dimensions=Dimensions(*(draws.randint(40, 180) * UM_PER_MM for _ in range(3))),
            )
            for item in request.network.items.values()
        ]
        yield replace(request, network=shared.with_items(items))


def price_all(request: PlanningRequest) -> tuple[int, float]:
    """Return how many prices of subsets the table of a cart has, and the seconds it took."""
    sourcing = build_sourcing(request.order, request.network, request.stock, request.policy)
    problem = sourcing.problem
    atoms = make_atoms(problem)
    lattice = make_lattice(atoms.count)
    lanes = problem.lanes
    keys = sorted(set(zip(lanes.tariff.tolist(), lanes.parcel_minor.tolist(), strict=True)))

    def price() -> int:
        contents = make_contents(problem, atoms, lattice)
        tables = make_parcel_tables(problem, atoms, lattice, contents, keys)
        return int(np.asarray(tables.lower).size)

    return timed(price)


def measure(name: str, requests: Sequence[PlanningRequest]) -> Figures:
    """Price and quote every cart once, as a server that has rehearsed; the first one twice."""
    engine = Engine(monotonic)
    # What a server does before it gets its first cart.
    first = requests[0]
    rehearsal_ms = 1000 * timed(lambda: rehearse(engine, first.network, first.decision_time))[1]
    settle()
    cold_ms = 1000 * engine.quote(requests[0]).total_s
    quote_ms, again_ms, options, gaps = [], [], [], []
    count, taken_s, proven = 0, 0.0, 0
    for request in requests:
        settle()
        found, took_s = price_all(request)
        count, taken_s = count + found, taken_s + took_s
        result = engine.quote(request)
        quote_ms.append(1000 * result.total_s)
        again_ms.append(1000 * engine.quote(request).total_s)
        options.append(len(result.options))
        plan = engine.plan(request).plan
        proven += plan.proof.status is ProofStatus.OPTIMAL
        cost, bound = plan.cost.total_minor, plan.proof.lower_bound_minor
        gaps.append((cost - bound) / cost if cost > 0 else 0.0)
    return Figures(
        name, count / taken_s, proven, again_ms, rehearsal_ms, cold_ms, quote_ms, options, gaps
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    options = _options(argv)
    or_tools()
    print(f"bench.rating: {options.orders} carts of {options.lines} lines")
    print(describe(options.seed))
    print()
    rows, sizes = [], {}
    for locations in options.locations:
        size = options.orders, options.lines, locations, options.seed
        plain = list(requests_of(Kind.PLAIN, *size))
        packed = list(in_cartons(requests_of(Kind.PLAIN, *size), options.seed))
        figures = [measure("plain", plain), measure("cartons", packed)]
        rows += [each.row(locations) for each in figures]
        sizes[str(locations)] = {each.name: each.record() for each in figures}
    print_table("milliseconds", HEADS, rows)
    outcome = {
        "bench": "rating",
        "orders": options.orders,
        "lines": options.lines,
        "locations": sizes,
    }
    finish(outcome, seed=options.seed, record=options.record)
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = common_parser("rating", "What parcels cost to price, and carts to quote.")
    parser.add_argument("--lines", type=int, default=10, help="of each cart (default: 10)")
    parser.add_argument(
        "--locations",
        type=lambda text: tuple(int(each) for each in text.split(",")),
        default=LOCATIONS,
        help="sizes of the network (default: 100,1000)",
    )
    parser.add_argument("--orders", type=int, default=40, help="carts of each kind (default: 40)")
    options = parser.parse_args(argv)
    if options.small:
        options.orders = min(options.orders, 2)
        options.lines = min(options.lines, 4)
    return options


if __name__ == "__main__":
    sys.exit(main())
