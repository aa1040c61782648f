"""Simulations on the stores that can be killed: of ledgers, and of servers over gRPC."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from tests.simulation.auditor import Auditor
from tests.simulation.database import Database
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
    with closing(Database()) as database:
        PostgresLedger(database.dsn, schema=schema).close()
        start = partial(Worker, ["postgres", database.dsn, schema])
        with closing(Fleet(start, 2)) as fleet:
            simulation = Simulation(
                fleet,
                Workload(seed, Auditor()),
                kills=kills,
                kill_database=database.kill,
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
    with (
        closing(Database()) as database,
        closing(Fleet(GrpcServers(database.dsn, folder), 2)) as fleet,
    ):
        simulation = Simulation(
            fleet,
            GrpcWorkload(seed, GrpcAuditor()),
            kills=kills,
            kill_database=database.kill,
            database_kills=database_kills,
        )
        return simulation.run(steps)
