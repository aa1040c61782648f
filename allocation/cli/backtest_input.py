"""What a backtest is made from: the network, stock, orders and rule sets that its flags name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from allocation.backtest.case import BacktestCase, Contender, make_case
from allocation.cli.actual_choices import read_actual_choices
from allocation.cli.consoles import note
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.network_files import (
    NetworkFiles,
    read_network,
    read_stock,
)
from allocation.server.config.network_paths import RATE_CARDS_FILE
from allocation.server.network_files import NetworkFileError, load_network_files
from allocation.server.network_state import NetworkState
from allocation.server.network_store import NetworkStore
from allocation.server.past_orders import decode_levels, decode_past_orders
from allocation.server.put_cartons import put_cartons
from allocation.server.put_items import put_items
from allocation.server.put_locations import put_locations
from allocation.server.shipped import initial_state
from routing.rules import RuleSet
from routing.v1.order_pb2 import Order

SHOWN_PROBLEMS: Final = 50


def network_state(path: Path, *, shipped_rates: bool) -> tuple[NetworkState, NetworkFiles]:
    """Return the network of a directory or file, with its own rate cards if it has any.

    Raises
    ------
    CommandError
        With everything that is wrong with it.
    """
    files = read_network(path)
    store = NetworkStore(initial_state(shipped_rates=shipped_rates))
    try:
        cards = path / RATE_CARDS_FILE
        if path.is_dir() and cards.exists():
            for warning in load_network_files(store, [cards]):
                note(f"warning: {warning}")
    except NetworkFileError as error:
        raise CommandError(str(error)) from error
    locations, items = files.locations.locations, files.items.items
    cartons = files.cartons.cartons
    if cartons:
        store.put(lambda state, findings: put_cartons(state, cartons, findings))
    store.put(lambda state, findings: put_locations(state, locations, findings))
    store.put(lambda state, findings: put_items(state, items, findings))
    return store.state, files


def backtest_case(
    orders: list[Order],
    network: tuple[NetworkState, NetworkFiles],
    stock: Path | None,
    actual: Path | None,
    rule_sets: Sequence[RuleSet],
    budget_s: float,
    *,
    uses_up_stock: bool,
    skip_bad_orders: bool,
    advance: Callable[[int], None],
) -> BacktestCase:
    """Return the case; orders that cannot be used are named, and refused unless skipped.

    Raises
    ------
    CommandError
        If a file is wrong, or no order is left.
    """
    state, files = network
    levels = files.stock if stock is None else read_stock(stock)
    if levels is None:
        raise CommandError("the network has no stock.json; add it or give --stock")
    view, warnings = decode_levels(levels, state)
    for warning in warnings:
        note(f"warning: {warning}")
    choices = {} if actual is None else read_actual_choices(actual, orders)
    past = decode_past_orders(orders, choices, state, rule_sets, advance)
    _look_at(past.problems, skip=skip_bad_orders)
    contenders = [Contender(each.name, each) for each in rule_sets]
    try:
        return make_case(
            past.orders, state.network, view, contenders, budget_s, uses_up_stock=uses_up_stock
        )
    except ValueError as error:
        raise CommandError(str(error)) from error


def currency_of(state: NetworkState) -> str:
    """Return the currency of all amounts.

    Raises
    ------
    CommandError
        There is none, or there are several.
    """
    codes = sorted(state.currencies)
    if len(codes) != 1:
        listed = ", ".join(codes) or "none"
        raise CommandError(
            f"the rate cards are in {listed}; costs can be compared in exactly one currency",
            ExitCode.INVALID_INPUT,
        )
    return codes[0]


def _look_at(problems: Sequence[str], *, skip: bool) -> None:
    if not problems:
        return
    more = len(problems) - SHOWN_PROBLEMS
    details = [*problems[:SHOWN_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
    if not skip:
        raise CommandError(
            f"{len(problems)} problem(s) in the orders (--skip-bad-orders uses the rest)",
            details=details,
        )
    for each in details:
        note(f"skipped: {each}")
