"""Simulations on the stores that can be killed: of ledgers, and of servers over gRPC."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from tests.allocation.ledger.postgres_server import Server
from tests.simulation.auditor import Auditor
from tests.simulation.fleet import Fleet, Worker
from tests.simulation.grpc_auditor import GrpcAuditor
from tests.simulation.grpc_server import GrpcServers
from tests.simulation.grpc_workload import GrpcWorkload
from tests.simulation.simulate import Report, Simulation
from tests.simulation.workload import Workload


def on_sqlite(path: Path, seed: int, steps: int, kills: int, servers: int = 2) -> Report:
    """Simulate ledgers on one file."""
    SqliteLedger(path).close()
    with closing(Fleet(partial(Worker, ["sqlite", str(path)]), servers)) as fleet:
        return Simulation(fleet, Workload(seed, Auditor()), kills=kills).run(steps)


def on_postgres(seed: int, steps: int, kills: int, database_kills: int) -> Report:
    """Simulate two ledgers on one database, which is killed too."""
    schema = "simulation"
    with _database() as (dsn, kill):
        PostgresLedger(dsn, schema=schema).close()
        with closing(Fleet(partial(Worker, ["postgres", dsn, schema]), 2)) as fleet:
            simulation = Simulation(
                fleet,
                Workload(seed, Auditor()),
                kills=kills,
                kill_database=kill,
                database_kills=database_kills,
            )
            return simulation.run(steps)


def grpc_on_sqlite(folder: Path, seed: int, steps: int, kills: int, servers: int = 2) -> Report:
    """Simulate clients of servers on one file, which goes into the folder with their logs."""
    start = GrpcServers(f"sqlite:{folder / 'shipfrom.db'}", folder)
    with closing(Fleet(start, servers)) as fleet:
        return Simulation(fleet, GrpcWorkload(seed, GrpcAuditor()), kills=kills).run(steps)


def grpc_on_postgres(
    folder: Path, seed: int, steps: int, kills: int, database_kills: int
) -> Report:
    """Simulate clients of two servers on one database, which is killed too."""
    with _database() as (dsn, kill), closing(Fleet(GrpcServers(dsn, folder), 2)) as fleet:
        simulation = Simulation(
            fleet,
            GrpcWorkload(seed, GrpcAuditor()),
            kills=kills,
            kill_database=kill,
            database_kills=database_kills,
        )
        return simulation.run(steps)


@contextmanager
def _database() -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield how to connect to a database, and what kills it and brings it back."""
    server = Server()

    def kill() -> None:
        server.kill()
        server.start()

    try:
        yield server.dsn, kill
    finally:
        server.stop()
