"""Simulations on the stores that can be killed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from tests.allocation.ledger.postgres_server import Server
from tests.simulation.fleet import Fleet
from tests.simulation.simulate import Report, Simulation


def on_sqlite(path: Path, seed: int, steps: int, kills: int, servers: int = 2) -> Report:
    """Simulate servers on one file."""
    SqliteLedger(path).close()
    with closing(Fleet(["sqlite", str(path)], servers)) as fleet:
        return Simulation(fleet, seed, kills=kills).run(steps)


def on_postgres(seed: int, steps: int, kills: int, database_kills: int) -> Report:
    """Simulate two servers on one database, which is killed too."""
    server, schema = Server(), "simulation"

    def kill_database() -> None:
        server.kill()
        server.start()

    try:
        PostgresLedger(server.dsn, schema=schema).close()
        with closing(Fleet(["postgres", server.dsn, schema], 2)) as fleet:
            simulation = Simulation(
                fleet,
                seed,
                kills=kills,
                kill_database=kill_database,
                database_kills=database_kills,
            )
            return simulation.run(steps)
    finally:
        server.stop()
