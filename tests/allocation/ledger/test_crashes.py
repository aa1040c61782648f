"""What was acknowledged survives the sudden death of a process or of the database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from allocation.ledger.conformance.scene import assert_clean, at, available, stock, want
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.states import HoldState
from tests.allocation.ledger.postgres_server import Server
from tests.allocation.ledger.racers import Place

ROOT = Path(__file__).resolve().parents[3]
STOCK = 1_000_000


def kill_after(place: Place, acknowledgements: int) -> dict[str, HoldState]:
    """Let a victim work, kill it at once, return what it was told had been done."""
    arguments = [str(place.file)] if place.file else [place.dsn, place.schema]
    command = [sys.executable, "-m", "tests.allocation.ledger.victim", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as victim:
        assert victim.stdout is not None
        lines = [victim.stdout.readline() for _ in range(acknowledgements)]
        victim.send_signal(signal.SIGKILL)
        lines += victim.stdout.readlines()
    assert victim.returncode == -signal.SIGKILL
    words = [line.split() for line in lines if line.endswith("\n")]
    return {plan_id: HoldState(state) for state, plan_id in words}


def check_that_nothing_is_lost(place: Place, acknowledgements: int) -> None:
    with closing(place.open()) as ledger:
        stock(ledger, STOCK)
    acknowledged = kill_after(place, acknowledgements)
    assert len(acknowledged) > acknowledgements / 3
    with closing(place.open()) as ledger:
        for plan_id, state in acknowledged.items():
            found = ledger.get_plan(plan_id, now=at(3)).state
            assert found is state or found is HoldState.COMMITTED
        entries = ledger.entries(limit=100_000)
        plans = {row.entry.plan_id for row in entries} - {None}
        assert plans >= set(acknowledged)
        assert available(ledger) == STOCK - len(plans)
        assert_clean(ledger)


@pytest.mark.parametrize("acknowledgements", [1, 60, 400])
def test_a_killed_process_loses_nothing_that_sqlite_acknowledged(
    tmp_path: Path, acknowledgements: int
) -> None:
    check_that_nothing_is_lost(Place(file=tmp_path / "ledger.db"), acknowledgements)


@pytest.mark.parametrize("acknowledgements", [1, 200])
def test_a_killed_process_loses_nothing_that_postgres_acknowledged(
    server: Server, schema: str, acknowledgements: int
) -> None:
    check_that_nothing_is_lost(Place(dsn=server.dsn, schema=schema), acknowledgements)


@pytest.mark.soak
def test_processes_killed_again_and_again_lose_nothing(tmp_path: Path) -> None:
    for number in range(100):
        place = Place(file=tmp_path / f"{number}.db")
        check_that_nothing_is_lost(place, 5 * number + 1)


def insist(ledger: PostgresLedger, plan_id: str) -> None:
    """Hold one unit, asking again under the same id for as long as it takes."""
    for _ in range(50):
        try:
            ledger.hold(
                plan_id, [want()], expire_time=at(100), now=at(1), request_id=f"hold {plan_id}"
            )
            ledger.commit(plan_id, now=at(2), request_id=f"commit {plan_id}")
        except LedgerUnavailableError:
            continue
        return
    raise AssertionError(f"{plan_id} was never answered")


def work_through(server: Server, schema: str, disaster: threading.Event) -> None:
    """Work while `disaster` is waited for and happens, then look at what there is."""
    plans = [f"plan {number}" for number in range(400)]
    with closing(PostgresLedger(server.dsn, schema=schema, patience_s=5.0)) as ledger:
        stock(ledger, STOCK)

        def work(plan_id: str) -> None:
            insist(ledger, plan_id)
            if plan_id == "plan 100":
                disaster.set()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, plans))
        assert available(ledger) == STOCK - len(plans)
        assert {ledger.get_plan(one, now=at(3)).state for one in plans} == {HoldState.COMMITTED}
        assert len(ledger.entries(limit=10_000)) == 1 + 2 * len(plans)
        assert_clean(ledger)


def test_every_request_is_done_once_though_a_backend_is_killed(server: Server, schema: str) -> None:
    strike = threading.Event()

    def kill_a_backend() -> None:
        strike.wait(60)
        with psycopg.connect(server.dsn) as connection:
            row = connection.execute(
                "SELECT pid FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        assert row is not None
        os.kill(row[0], signal.SIGKILL)

    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill_a_backend)
        work_through(server, schema, strike)
        killed.result()


def test_every_request_is_done_once_though_the_database_crashes_and_comes_back(
    server: Server, schema: str
) -> None:
    strike = threading.Event()

    def crash() -> None:
        strike.wait(60)
        server.crash()
        server.start()

    with ThreadPoolExecutor(1) as pool:
        crashed = pool.submit(crash)
        work_through(server, schema, strike)
        crashed.result()
