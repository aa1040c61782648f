"""What order-routing policies cost: ``python -m bench.policies``.

Real baskets go to ZIPs sampled by residents, from networks of real sites, with the real rate cards
of the package, through the backtest that ``shipfrom rules backtest`` runs. Weights, stock and
handling costs are synthetic; `bench.policy_scene` says how. A second run of the same orders has
true parcels and a promise; see `bench.policy_promise`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from allocation.backtest.case import BacktestCase, PastOrder, make_case
from allocation.backtest.document import backtest_document
from allocation.backtest.headlines import caveats, headlines
from allocation.backtest.metrics import METRICS
from allocation.backtest.run import BacktestResult, run_backtest
from allocation.backtest.summary import BacktestSummary, summarize
from allocation.backtest.words import value_text
from bench.harness.options import common_parser, name_list
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.policy_checks import beaten, violations
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
from bench.policy_promise import LATE_DAY_MINOR, PROMISE_DAYS, figures_of, promised
from bench.policy_rules import ALL, contender
from bench.policy_scene import (
    Stock,
    build_network,
    largest_quantities,
    make_items,
    make_orders,
    sample_baskets,
)
from routing.location import StockLocation
from routing.rules.presets import DEFAULT, PREFIX

ORDERS: Final = 200
PROMISED_ORDERS: Final = 60
SMALL_ORDERS: Final = 20
NETWORKS: Final = (10, 100, 1000)
BUDGET_S: Final = 1.0
CURRENCY: Final = "USD"


def make_scene(
    locations: Sequence[StockLocation],
    baskets: Sequence[Basket],
    zips: Sequence[Zip],
    count: int,
    seed: int,
    rules: Sequence[str] = ALL,
    *,
    uses_up_stock: bool = False,
) -> BacktestCase:
    """Return the case of one network."""
    sample = sample_baskets(baskets, count, seed)
    skus = sorted({line.sku for basket in sample for line in basket.lines})
    ids = tuple(sorted(location.id for location in locations))
    return make_case(
        [PastOrder(order) for order in make_orders(sample, zips, seed)],
        build_network(locations, make_items(skus, seed)),
        Stock(seed, ids, largest_quantities(baskets)).levels(skus),
        [contender(name) for name in rules],
        BUDGET_S,
        uses_up_stock=uses_up_stock,
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
    networks: dict[str, dict[str, Any]] = {}
    contradicted = False
    for size in options.networks:
        locations = read_locations(root, size, options.seed)
        scene = make_scene(
            locations,
            baskets,
            zips,
            options.orders,
            options.seed,
            options.rules,
            uses_up_stock=options.deplete,
        )
        started_s = time.perf_counter()
        result = run_backtest(scene, options.processes)
        seconds = time.perf_counter() - started_s
        summary = summarize(result, options.seed)
        found = violations(result)
        _print_network(size, summary, seconds, found)
        networks[str(size)] = _document(result, summary) | {
            "seconds": round(seconds, 1),
            "violations": list(found),
            "mismatches": len(found),
            "beaten": beaten(result),
        }
        if options.promise:
            with_promise = promised(scene, options.seed, options.promised_orders)
            found += _add_promise(networks[str(size)], size, with_promise, options)
        networks[str(size)] |= _by_policy(networks[str(size)]["rule_sets"])
        contradicted |= bool(found)
    outcome = {
        "bench": "policies",
        "seed": options.seed,
        "processes": options.processes,
        "uses_up_stock": options.deplete,
        "networks": networks,
    }
    finish(outcome, seed=options.seed, record=options.record)
    return int(contradicted)


def _add_promise(
    document: dict[str, Any], size: int, scene: BacktestCase, options: argparse.Namespace
) -> tuple[str, ...]:
    """Run the orders with cartons and a promise; their figures join those without.

    Returns what contradicts a proof.
    """
    started_s = time.perf_counter()
    result = run_backtest(scene, options.processes)
    seconds = time.perf_counter() - started_s
    summary = summarize(result, options.seed)
    found = figures_of(result, summary)
    for name, figures in found.items():
        document["rule_sets"][name] |= figures
    contradicted = violations(result)
    document |= {
        "orders_2day": summary.orders,
        "orders_filled_by_all_2day": summary.compared,
        "seconds_2day": round(seconds, 1),
        "violations_2day": list(contradicted),
        "mismatches_2day": len(contradicted),
        "beaten_2day": beaten(result),
    }
    rows = [
        (
            name,
            *(
                "-" if value is None else form.format(value)
                for form, value in (
                    ("{:.2f}", _units(each["landed_cost_2day"])),
                    ("{:.2f}", _units(each["cost_with_late_days_2day"])),
                    ("{:.3f}", each["shipments_2day"]),
                    ("{:.1%}", each["late_share_2day"]),
                    ("{:.1%}", each["fill_rate_2day"]),
                    ("{}", each["orders_not_proven_2day"]),
                )
            ),
        )
        for name, each in found.items()
    ]
    headers = (
        "rule set",
        "landed cost per order",
        "with late days",
        "shipments",
        "late",
        "filled",
        "not proven",
    )
    title = (
        f"\n{size} locations, parcels in cartons, {PROMISE_DAYS} working days promised; a late day "
        f"costs {LATE_DAY_MINOR} cents; costs over {summary.compared} orders filled by all; "
        f"{seconds:.0f} s"
    )
    print_table(title, headers, rows)
    for each in contradicted:
        print(f"VIOLATION: {each}")
    return contradicted


def _by_policy(rule_sets: dict[str, Any]) -> dict[str, Any]:
    """Return the figures by the short name of each policy: "shipfrom", "magento-distance"."""
    return {
        "shipfrom" if name == PREFIX + DEFAULT else name.removeprefix(PREFIX): figures
        for name, figures in rule_sets.items()
    }


def _units(minor: float | None) -> float | None:
    return None if minor is None else minor / 100


def _document(result: BacktestResult, summary: BacktestSummary) -> dict[str, Any]:
    """Return the figures of the backtest's own document, without orders and locations."""
    document = backtest_document(result, summary, CURRENCY)
    return {
        "orders": document["orders"],
        "orders_filled_by_all": document["orders_filled_by_all"],
        "rule_sets": {
            each["name"]: {name: measured["value"] for name, measured in each["metrics"].items()}
            | {"orders_not_proven": each["orders_not_proven"]}
            for each in document["rule_sets"]
        },
    }


def _print_setting(options: argparse.Namespace) -> None:
    print(describe(options.seed))
    stock = "goes down in order time" if options.deplete else "is all there for every order"
    print(f"{options.orders} orders, {options.processes} process(es); stock {stock}")
    print(
        "synthetic: item weights (lognormal, median 200 g), stock (carried with probability "
        "size**-0.2,\n  1 to 3 times the item's largest line), handling "
        f"{HANDLING.per_shipment_minor} per shipment + {HANDLING.per_line_minor} per line + "
        f"{HANDLING.per_unit_minor} per unit + {HANDLING.per_parcel_minor} per parcel (cents)"
    )


def _print_network(
    size: int, summary: BacktestSummary, seconds: float, found: Sequence[str]
) -> None:
    headers = ("rule set", *(metric.title for metric in METRICS if metric.name != "late_share"))
    rows = [
        (
            each.name,
            *(
                value_text(measured.metric.unit, measured.value, CURRENCY)
                for measured in each.measured
                if measured.metric.name != "late_share"
            ),
        )
        for each in summary.contenders
    ]
    title = f"\n{size} locations; {seconds:.0f} s, {summary.compared} of {summary.orders} orders "
    print_table(f"{title}are filled by every rule set and compared", headers, rows)
    for sentence in (*headlines(summary, CURRENCY), *caveats(summary)):
        print(f"  {sentence}")
    for each in found:
        print(f"VIOLATION: {each}")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = common_parser("policies", "What order-routing policies cost, on real baskets.")
    parser.add_argument(
        "--orders",
        type=int,
        help=f"baskets to route (default: {ORDERS}, with --small {SMALL_ORDERS})",
    )
    parser.add_argument(
        "--promised-orders",
        type=int,
        default=PROMISED_ORDERS,
        help="of them, the first so many are routed with a promise, too (default: %(default)s)",
    )
    parser.add_argument("--networks", type=_sizes, default=NETWORKS, help="default: 10,100,1000")
    parser.add_argument(
        "--rules", type=name_list, default=ALL, help=f"default: all of {', '.join(ALL)}"
    )
    parser.add_argument(
        "--deplete", action="store_true", help="let stock go down, order after order"
    )
    parser.add_argument(
        "--no-promise",
        dest="promise",
        action="store_false",
        help="leave out the run with cartons and a promise of two working days",
    )
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="default: all cores"
    )
    options = parser.parse_args(arguments)
    if options.orders is None:
        options.orders = SMALL_ORDERS if options.small else ORDERS
    if options.orders < 1 or options.processes < 1 or options.promised_orders < 1:
        parser.error("--orders, --promised-orders and --processes must be at least 1")
    unknown = sorted(set(options.rules) - set(ALL))
    if unknown or not options.rules:
        parser.error(f"--rules: there is no {', '.join(unknown) or 'rule set'} among {ALL}")
    return options


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(each) for each in text.split(","))
    unknown = sorted(set(sizes) - set(NETWORKS))
    if unknown:
        raise argparse.ArgumentTypeError(f"there are networks of {NETWORKS}, not of {unknown}")
    return sizes


if __name__ == "__main__":
    sys.exit(main())
