"""What a planning command plans with: server, network, stock and options, from its flags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from google.protobuf.duration_pb2 import Duration

from allocation.cli.connection import Connection, connect
from allocation.cli.exit_codes import ExitCode
from allocation.cli.failure import CommandError
from allocation.cli.network_calls import put_cartons, put_items, put_locations
from allocation.cli.network_files import NetworkFiles, read_network, read_stock
from allocation.demo.files import demo_directory
from allocation.v1.allocation_service_pb2 import InlineNetwork
from allocation.v1.inline_stock_pb2 import InlineStock
from allocation.v1.planning_options_pb2 import LineSplit, PlanningOptions


@dataclass(frozen=True, slots=True)
class PlanningInput:
    """A connection and what goes with every call on it.

    Attributes
    ----------
    network
        ``None`` when the server's registered network is meant.
    stock
        ``None`` when the server's ledger is meant.
    names
        What people call the locations, by id, as far as files say.
    """

    connection: Connection
    network: InlineNetwork | None
    stock: InlineStock | None
    names: Mapping[str, str]


@contextmanager
def planning_input(
    server: str | None, network: Path | None, stock: Path | None
) -> Iterator[PlanningInput]:
    """Open what the flags ``--server``, ``--network`` and ``--stock`` name.

    Without a server one is started in this process and given the network, by default the
    example's. With a server, a network goes along with each call and is not registered.

    Raises
    ------
    CommandError
        If a file is wrong or the server refuses.
    """
    files = _network_files(server, network)
    levels = read_stock(stock) if stock is not None else (files.stock if files else None)
    if server is None and levels is None:
        raise CommandError(
            f"{network}: has no stock.json; add it or give --stock", ExitCode.INVALID_INPUT
        )
    with connect(server) as connection:
        if server is None and files is not None:
            put_cartons(connection, files.cartons)
            put_locations(connection, files.locations)
            put_items(connection, files.items)
        yield PlanningInput(
            connection=connection,
            network=files.inline if server is not None and files is not None else None,
            stock=levels,
            names=files.names if files is not None else {},
        )


def _network_files(server: str | None, network: Path | None) -> NetworkFiles | None:
    if network is not None:
        return read_network(network)
    return read_network(demo_directory()) if server is None else None


def planning_options(
    *,
    rule_set: str,
    max_shipments: int,
    split_lines: bool | None,
    ship_complete: bool,
    alternatives: int = 0,
    explain: bool = False,
    why_not: Sequence[str] = (),
    budget_s: str | None = None,
) -> PlanningOptions:
    """Return the options of a call; who asks why not from somewhere wants an explanation."""
    split = {
        None: LineSplit.LINE_SPLIT_UNSPECIFIED,
        True: LineSplit.LINE_SPLIT_ALLOWED,
        False: LineSplit.LINE_SPLIT_FORBIDDEN,
    }[split_lines]
    options = PlanningOptions(
        rule_set=rule_set,
        max_shipments=max_shipments,
        line_split=split,
        ship_complete=ship_complete,
        alternatives=alternatives,
        explain=explain or bool(why_not),
        ask_about_location_ids=why_not,
    )
    if budget_s is not None:
        options.solve_budget.CopyFrom(_duration(budget_s))
    return options


def _duration(seconds: str) -> Duration:
    try:
        nanos = int(Decimal(seconds) * 1_000_000_000)
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise CommandError(
            f"--budget {seconds!r} is not a number of seconds", ExitCode.USAGE
        ) from error
    return Duration(seconds=nanos // 1_000_000_000, nanos=nanos % 1_000_000_000)
