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
from allocation.optimize.parcel_tables import make_parcel_tables
from bench.harness.figures import percentile, rounded, shown
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.harness.timing import settle, timed
from bench.instances.kinds import Kind, requests_of
from routing.carton import Carton
from routing.ids import CartonId
from routing.item import Dimensions
from routing.sourcing.build import build_sourcing

UM_PER_MM: Final = 1_000
HEADS: Final = ("carts", "subset prices/s", "proven", "quote median", "quote p99", "options")
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
    """What carts of one kind took."""

    name: str
    prices_per_s: float
    proven: int
    quote_ms: list[float]
    options: list[int]

    def record(self) -> dict[str, object]:
        """Return the figures for the record."""
        return {
            "carts": self.name,
            "prices_per_s": round(self.prices_per_s),
            "proven": self.proven,
            "quote_median_ms": rounded(median(self.quote_ms)),
            "quote_p99_ms": rounded(percentile(self.quote_ms, 99)),
            "options": rounded(mean(self.options)),
        }

    def row(self) -> tuple[str, ...]:
        """Return the figures for people."""
        return (
            self.name,
            f"{self.prices_per_s:,.0f}",
            f"{self.proven}/{len(self.quote_ms)}",
            shown(median(self.quote_ms)),
            shown(percentile(self.quote_ms, 99)),
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
    """Give items a size, and the network cartons."""
    draws = random.Random(seed)
    for request in requests:
        items = [
            replace(
                item,
                dimensions=Dimensions(*(draws.randint(40, 180) * UM_PER_MM for _ in range(3))),
            )
            for item in request.network.items.values()
        ]
        network = request.network.with_items(items).with_cartons(cartons())
        yield replace(request, network=network)


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
    """Price and quote every cart once."""
    engine = Engine(monotonic)
    quote_ms, options, proven = [], [], 0
    count, taken_s = 0, 0.0
    for request in requests:
        settle()
        found, took_s = price_all(request)
        count, taken_s = count + found, taken_s + took_s
        result = engine.quote(request)
        quote_ms.append(1000 * result.total_s)
        options.append(len(result.options))
        proven += engine.plan(request).plan.proof.status.name == "OPTIMAL"
    return Figures(name, count / taken_s, proven, quote_ms, options)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    options = _options(argv)
    print(
        f"bench.rating: {options.orders} carts of {options.lines} lines, "
        f"{options.locations} locations"
    )
    print(describe(options.seed))
    print()
    size = options.orders, options.lines, options.locations, options.seed
    plain = list(requests_of(Kind.PLAIN, *size))
    packed = list(in_cartons(requests_of(Kind.PLAIN, *size), options.seed))
    measure("", plain[:1])  # fills caches
    figures = [measure("plain", plain), measure("cartons", packed)]
    print_table("milliseconds", HEADS, [each.row() for each in figures])
    outcome = {
        "bench": "rating",
        "orders": options.orders,
        "lines": options.lines,
        "locations": options.locations,
        "carts": [each.record() for each in figures],
    }
    finish(outcome, seed=options.seed, record=options.record)
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = common_parser("rating", "What parcels cost to price, and carts to quote.")
    parser.add_argument("--lines", type=int, default=10)
    parser.add_argument("--locations", type=int, default=100)
    parser.add_argument("--orders", type=int, default=30)
    options = parser.parse_args(argv)
    if options.small:
        options.orders = min(options.orders, 2)
        options.lines = min(options.lines, 4)
    return options


if __name__ == "__main__":
    sys.exit(main())
