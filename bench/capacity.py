"""What has to be planned for: ``python -m bench.capacity``.

Bytes of the store per order and per level, and memory of a server process by what it holds,
each as the difference between a server with more of it and one with less.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import grpc
import psycopg

from allocation.client import Client, Connection
from allocation.v1 import allocation_service_pb2 as pb
from bench.harness.memory import figure_mb
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.servers import ServerProcess, serving
from bench.harness.table import print_table
from bench.postgres_server import PostgresServer
from bench.service_scene import Scene, feed, held, make_scene, put_network
from bench.startup import big_scene

ORDERS: Final = 2_000
CONNECTIONS: Final = 400
LOCATIONS: Final = 100
MANY_LOCATIONS: Final = 1_000
MANY_ITEMS: Final = 100_000
SMALL: Final = 20
"""A short run has this part of everything."""
_KIB: Final = 1024


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print bytes and KiB."""
    options = common_parser("capacity", "What an operator has to plan for.").parse_args(arguments)
    part = SMALL if options.small else 1
    print(f"bench.capacity · {describe(options.seed)}\n")
    figures: dict[str, float] = {}
    for name, stores in (("sqlite", sqlite), ("postgresql", postgresql)):
        with stores() as (store, size):
            figures |= {
                f"{name}_{what}": value
                for what, value in growth(store, size, part, options.seed).items()
            }
    figures |= memory(part, options.seed)
    rows = [(name.replace("_", " "), f"{value:,.1f}") for name, value in figures.items()]
    print_table("what it takes", ("figure", "value"), rows)
    rounded = {name: round(value, 1) for name, value in figures.items()}
    finish({"bench": "capacity", **rounded}, seed=options.seed, record=options.record)
    return 0


Store = tuple[str, Callable[[], int]]
"""Its address, and what tells its size in bytes while no server runs on it."""


@contextmanager
def sqlite() -> Iterator[Store]:
    """Yield a file."""
    with tempfile.TemporaryDirectory(prefix="shipfrom-bench-") as folder:
        file = Path(folder) / "shipfrom.db"
        yield f"sqlite:{file}", lambda: file.stat().st_size


@contextmanager
def postgresql() -> Iterator[Store]:
    """Yield a database."""
    with PostgresServer() as server:

        def size() -> int:
            with psycopg.connect(server.dsn) as connection:
                row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
                return int(row[0]) if row else 0

        yield server.dsn, size


@contextmanager
def served(store: str) -> Iterator[ServerProcess]:
    """Run a server on a store; its address may have a password, so it goes by a variable."""
    os.environ["SHIPFROM_STORE"] = store
    try:
        with serving([]) as server:
            yield server
    finally:
        del os.environ["SHIPFROM_STORE"]


def growth(store: str, size: Callable[[], int], part: int, seed: int) -> dict[str, float]:
    """Return by how many bytes a store grows for each level, and for each order and line."""
    scene = make_scene(LOCATIONS, 200, seed)
    with served(store) as server:
        put_network(server.address, scene)
    before = size()
    with served(store) as server:
        feed(server.address, scene)
    stocked = size()
    orders = ORDERS // part
    with served(store) as server:
        lines = sold(server.address, scene, orders)
    after = size()
    levels = sum(len(places) for places in scene.carried.values())
    return {
        "bytes_per_level": (stocked - before) / levels,
        "bytes_per_order": (after - stocked) / orders,
        "lines_per_order": lines / orders,
    }


def sold(address: str, scene: Scene, orders: int) -> int:
    """Hold and commit orders; return how many lines they had."""
    lines = 0
    with Client(Connection(address), timeout_s=60) as client:
        for request in held(scene.requests, orders, "capacity"):
            plan = client.allocation.allocate(request).plan
            client.allocation.commit_plan(pb.CommitPlanRequest(plan_id=plan.id))
            lines += len(request.order.lines)
    return lines


def memory(part: int, seed: int) -> dict[str, float]:
    """Return what a server process has in memory, in KiB, by what it holds."""
    with tempfile.TemporaryDirectory(prefix="shipfrom-bench-") as folder:
        store = f"sqlite:{Path(folder) / 'shipfrom.db'}"
        with served(store) as server:
            empty = figure_mb("VmRSS", server.pid)
            open_kib = of_connections(server.address, server.pid, CONNECTIONS // part)
        scene = big_scene(MANY_LOCATIONS // part, MANY_ITEMS // part, seed)
        with served(store) as server:
            put_network(server.address, scene)
            feed(server.address, scene)
        with served(store) as server:
            sold(server.address, scene, 50)
            full = figure_mb("VmRSS", server.pid)
    return {
        "process_kib": empty * _KIB,
        "process_with_network_kib": full * _KIB,
        "network_locations": len(scene.locations),
        "network_items": len(scene.items),
        "kib_per_connection": open_kib,
    }


def of_connections(address: str, pid: int, count: int) -> float:
    """Return KiB that a connection takes while nothing is asked over it."""
    before = figure_mb("VmRSS", pid)
    with ExitStack() as stack:
        for number in range(count):
            # An option that differs keeps channels from sharing a connection.
            options = [("grpc.use_local_subchannel_pool", 1), ("shipfrom.number", number)]
            channel = stack.enter_context(grpc.insecure_channel(address, options=options))
            grpc.channel_ready_future(channel).result(30)
        return (figure_mb("VmRSS", pid) - before) * _KIB / count


if __name__ == "__main__":
    sys.exit(main())
