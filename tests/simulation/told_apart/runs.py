"""Simulations of lots, serials, kits and waiting units on the stores that can be killed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from tests.simulation.database import Database
from tests.simulation.fleet import Fleet, Worker
from tests.simulation.simulate import Report, Simulation
from tests.simulation.told_apart.auditor import ToldApartAuditor
from tests.simulation.told_apart.workload import ToldApartWorkload


class ToldApartWorker(Worker):
    """A ledger in a process."""

    MODULE = "tests.simulation.told_apart.worker"


class ToldApartSimulation(Simulation):
    """Sweeps before it looks, so that whatever is free has gone to those who wait."""

    def _audit(self, *, every_plan: bool = False) -> None:
        del every_plan
        self._finish()
        self._send(self._workload.sweep_of_audit())  # type: ignore[attr-defined]
        # Stock that comes changes plans that no answer names.
        super()._audit(every_plan=True)


@dataclass(frozen=True)
class ToldApartReport:
    """What happened in a simulation, and what came of those who waited."""

    report: Report
    allotted: int
    slipped: int
    recalled: int


def told_apart_on_sqlite(path: Path, seed: int, steps: int, kills: int) -> ToldApartReport:
    """Simulate two ledgers on one file."""
    SqliteLedger(path).close()
    with closing(Fleet(partial(ToldApartWorker, ["sqlite", str(path)]), 2)) as fleet:
        return _run(fleet, seed, steps, kills)


def told_apart_on_postgres(
    seed: int, steps: int, kills: int, database_kills: int
) -> ToldApartReport:
    """Simulate two ledgers on one database, which is killed too."""
    schema = "simulation"
    with closing(Database()) as database:
        PostgresLedger(database.dsn, schema=schema).close()
        start = partial(ToldApartWorker, ["postgres", database.dsn, schema])
        with closing(Fleet(start, 2)) as fleet:
            return _run(fleet, seed, steps, kills, database, database_kills)


def _run(
    fleet: Fleet,
    seed: int,
    steps: int,
    kills: int,
    database: Database | None = None,
    database_kills: int = 0,
) -> ToldApartReport:
    auditor = ToldApartAuditor()
    simulation = ToldApartSimulation(
        fleet,
        ToldApartWorkload(seed, auditor),  # type: ignore[arg-type]
        kills=kills,
        kill_database=None if database is None else database.kill,
        database_kills=database_kills,
    )
    report = simulation.run(steps)
    return ToldApartReport(report, auditor.allotted, auditor.slipped, len(auditor.recalled))
