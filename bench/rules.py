"""What rules cost per order: ``python -m bench.rules``.

A rule set with many rules, a network with many locations, orders with many lines. Timed is what
planning asks of the rules: the knobs for an order, who may ship its lines, and which amounts
count. Conditions are answered once per distinct input, so three kinds of orders are told apart:
those that repeat (the same tags, channel and value), those of which each has a value of its own,
and the first order after a start or a change of the network.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Final

from bench.harness.figures import percentile, rounded, shown
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.harness.timing import settle, timed
from routing.geo.coordinates import Coordinates
from routing.ids import ItemId, LineId, LocationId, OrderId
from routing.item import InventoryItem
from routing.location import LocationKind, StockLocation
from routing.network import Network, make_network
from routing.order import Destination, Order, OrderLine
from routing.quantity import E6
from routing.rating.card_book import CardBook
from routing.rules import RuleSet, parse_rule_set
from routing.sourcing.resolve import ResolvedLine, resolve_lines

NOW: Final = datetime(2026, 11, 20, 15, tzinfo=UTC)
TAGS: Final = tuple(f"tag-{number}" for number in range(40))
CHANNELS: Final = ("web", "pos", "phone")
REGIONS: Final = ("NV", "TX", "NJ", "GA", "WA")
LIMIT_MS: Final = 1.0

Asked = tuple[Order, tuple[ResolvedLine, ...]]


def rules_text(count: int) -> str:
    """Return a rule set of `count` rules; half filter, half price, and most ask about lines."""
    lines = ["version: 1", "require:"]
    for number in range(count // 2):
        lines += [
            f"- name: require-{number}",
            f"  when: \"'{TAGS[number % 40]}' in line.tags && order.channel != 'phone'\"",
            f"  location: \"'{TAGS[number % 37]}' in location.tags || location.kind == 'store'\"",
        ]
    lines.append("prefer:")
    for number in range(count - count // 2):
        lines += [
            f"- name: prefer-{number}",
            f"  when: line.unit_value_minor > {number * 200} && order.value_minor > {number * 500}",
            f"  location: location.region == '{REGIONS[number % 5]}'",
            f"  credit_minor: {number + 1}",
            "  per: unit",
        ]
    return "\n".join(lines)


def network_of(locations: int, draws: random.Random) -> Network:
    """Return a network without rate cards, which rules do not ask for."""
    places = [
        StockLocation(
            id=LocationId(f"site-{number:04}"),
            name=f"Site {number}",
            kind=draws.choice(tuple(LocationKind)),
            country="US",
            region=draws.choice(REGIONS),
            coordinates=Coordinates(draws.uniform(30, 45), draws.uniform(-120, -75)),
            tags=frozenset(draws.sample(TAGS, 12)),
        )
        for number in range(locations)
    ]
    items = [
        InventoryItem(
            id=ItemId(f"item-{number}"),
            weight_ug=10**9,
            tags=frozenset(draws.sample(TAGS, 3)),
            unit_value_minor=draws.randint(200, 20_000),
        )
        for number in range(200)
    ]
    return make_network(places, items, CardBook(()), {}, ())


def orders_of(count: int, lines: int, net: Network, draws: random.Random) -> list[Asked]:
    """Return orders with their lines resolved, as planning has them when it asks."""
    items = list(net.items)
    found = []
    for number in range(count):
        order = Order(
            id=OrderId(f"order-{number}"),
            placed_time=NOW,
            destination=Destination("US", "10001"),
            lines=tuple(
                OrderLine(LineId(f"{line:02}"), draws.randint(1, 5) * E6, item)
                for line, item in enumerate(draws.sample(items, lines))
            ),
            channel=draws.choice(CHANNELS),
        )
        found.append((order, resolve_lines(order, net)))
    return found


def decide_s(rule_set: RuleSet, net: Network, asked: Asked) -> float:
    """Return the seconds that the rules take for one order."""
    order, lines = asked
    return timed(lambda: rule_set.at(NOW).decide(order, lines, net))[1]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status is 1 when a repeated order takes longer than it may."""
    options = _options(argv)
    draws = random.Random(options.seed)
    net = network_of(options.locations, draws)
    text = rules_text(options.rules)
    orders = orders_of(options.orders, options.lines, net, draws)
    print(
        f"bench.rules: {options.rules} rules, {options.locations} locations, {options.lines} lines"
    )
    print(describe(options.seed))
    print()
    rule_set, read_s = timed(lambda: parse_rule_set(text, file_name="bench.yaml"))
    _, match_s = timed(lambda: rule_set.for_network(net))
    settle()
    first_ms = 1000 * decide_s(rule_set, net, orders[0])
    fresh = [1000 * decide_s(rule_set, net, each) for each in orders[1:]]
    again = [1000 * decide_s(rule_set, net, each) for each in orders]
    rows = [
        ("reading the file", 1000 * read_s, 1000 * read_s),
        ("matching it with the network", 1000 * match_s, 1000 * match_s),
        ("the first order", first_ms, first_ms),
        ("an order with values of its own", median(fresh), percentile(fresh, 99) or 0.0),
        ("an order that repeats", median(again), percentile(again, 99) or 0.0),
    ]
    print_table(
        "milliseconds",
        ("what", "median", "p99"),
        [(what, shown(middle), shown(high)) for what, middle, high in rows],
    )
    repeated_ms = rows[-1][1]
    outcome = {
        "bench": "rules",
        "rules": options.rules,
        "locations": options.locations,
        "lines": options.lines,
        "orders": options.orders,
        "read_ms": rounded(1000 * read_s),
        "match_ms": rounded(1000 * match_s),
        "first_ms": rounded(first_ms),
        "fresh_ms": rounded(median(fresh)),
        "repeated_ms": rounded(repeated_ms),
        "limit_ms": LIMIT_MS,
        "within_limit": repeated_ms < LIMIT_MS,
    }
    finish(outcome, seed=options.seed, record=options.record)
    return 0 if repeated_ms < LIMIT_MS else 1


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = common_parser("rules", "What rules cost per order.")
    parser.add_argument("--rules", type=int, default=50)
    parser.add_argument("--locations", type=int, default=1_000)
    parser.add_argument("--lines", type=int, default=10)
    parser.add_argument("--orders", type=int, default=500)
    options = parser.parse_args(argv)
    if options.small:
        options.orders = min(options.orders, 50)
    return options


if __name__ == "__main__":
    sys.exit(main())
