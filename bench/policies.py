"""What order-routing policies cost: ``python -m bench.policies``.

Real baskets go to ZIPs sampled by residents, from networks of real sites, with the real rate cards
of the package. Every policy meets the same orders and stock and is priced by the same cost model.
Weights, stock and handling costs are synthetic; `bench.policy_scene` says how.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.policy_field_data import (
    FIELD_DATA,
    HANDLING,
    Basket,
    Zip,
    missing_files,
    read_baskets,
    read_locations,
    read_zips,
)
from bench.policy_outcome import BUDGET_S, OrderResult, make_engine, run_order
from bench.policy_scene import (
    PLACED,
    Stock,
    build_network,
    largest_quantities,
    make_items,
    make_orders,
    sample_baskets,
)
from bench.policy_summary import HEADERS, compared, policies_json, proof_lines, run_json, table_rows
from bench.policy_table import SAYS, SHIPFROM, SHIPFROM_SPLIT
from routing.location import StockLocation

ORDERS: Final = 300
SMALL_ORDERS: Final = 20
NETWORKS: Final = (10, 100, 1000)


def run_network(
    locations: Sequence[StockLocation],
    baskets: Sequence[Basket],
    zips: Sequence[Zip],
    count: int,
    seed: int,
) -> tuple[OrderResult, ...]:
    """Let every policy route the same orders over one network."""
    sample = sample_baskets(baskets, count, seed)
    skus = sorted({line.sku for basket in sample for line in basket.lines})
    network = build_network(locations, make_items(skus, seed))
    ids = tuple(sorted(location.id for location in locations))
    stock = Stock(seed, ids, largest_quantities(baskets))
    engine = make_engine()
    return tuple(
        run_order(engine, network, basket, order, stock.levels(basket))
        for basket, order in make_orders(sample, zips, seed)
    )


def main(arguments: Sequence[str] | None = None, root: Path = FIELD_DATA) -> int:
    """Run the benchmark; 1 if a policy contradicts a proof, else 0."""
    options = _parse(arguments)
    missing = missing_files(root, options.networks)
    if missing:
        print(f"skipped: {root} lacks {', '.join(missing)}; the real baskets are not shipped")
        skipped = {"bench": "policies", "skipped": f"no {missing[0]}"}
        finish(skipped, seed=options.seed, record=False)
        return 0
    baskets, zips = read_baskets(root), read_zips(root)
    _print_setting(options)
    networks, runs = {}, {}
    contradicted = False
    for size in options.networks:
        started_s = time.perf_counter()
        locations = read_locations(root, size, options.seed)
        results = run_network(locations, baskets, zips, options.orders, options.seed)
        seconds = time.perf_counter() - started_s
        _print_network(size, results, seconds)
        networks[str(size)] = policies_json(results)
        runs[str(size)] = run_json(results) | {"seconds": round(seconds, 1)}
        contradicted |= bool(run_json(results)["violations"])
    outcome = {"bench": "policies", "seed": options.seed, "networks": networks, "runs": runs}
    finish(outcome, seed=options.seed, record=options.record)
    return int(contradicted)


def _print_setting(options: argparse.Namespace) -> None:
    print(describe(options.seed))
    print(f"{options.orders} orders, placed {PLACED:%Y-%m-%d %H:%M} UTC")
    print(
        "synthetic: item weights (lognormal, median 200 g), stock (carried with probability "
        "size**-0.2,\n  1 to 3 times the item's largest line; not used up), handling "
        f"{HANDLING.per_shipment_minor} per shipment + {HANDLING.per_line_minor} per line + "
        f"{HANDLING.per_unit_minor} per unit + {HANDLING.per_parcel_minor} per parcel (cents)"
    )
    print(
        f"budget: {SHIPFROM} {BUDGET_S[SHIPFROM]} s, {SHIPFROM_SPLIT} {BUDGET_S[SHIPFROM_SPLIT]} s"
    )
    for name, says in SAYS.items():
        print(f"  {name:<26}{says}")


def _print_network(size: int, results: Sequence[OrderResult], seconds: float) -> None:
    title = (
        f"\n{size} locations: costs, shipments and distances over the {len(compared(results))} of "
        f"{len(results)} orders that every policy fills completely; USD; {seconds:.0f} s"
    )
    print_table(title, HEADERS, table_rows(results))
    for line in proof_lines(results):
        print(line)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = common_parser("policies", "What order-routing policies cost, on real baskets.")
    parser.add_argument(
        "--orders",
        type=int,
        help=f"baskets to route (default: {ORDERS}, with --small {SMALL_ORDERS})",
    )
    parser.add_argument("--networks", type=_sizes, default=NETWORKS, help="default: 10,100,1000")
    options = parser.parse_args(arguments)
    if options.orders is None:
        options.orders = SMALL_ORDERS if options.small else ORDERS
    if options.orders < 1:
        parser.error("--orders must be at least 1")
    return options


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(each) for each in text.split(","))
    unknown = sorted(set(sizes) - set(NETWORKS))
    if unknown:
        raise argparse.ArgumentTypeError(f"there are networks of {NETWORKS}, not of {unknown}")
    return sizes


if __name__ == "__main__":
    sys.exit(main())
