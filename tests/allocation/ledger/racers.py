"""Processes full of threads that want the same thing at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import at, key, want
from allocation.ledger.conformance.waiting_scene import wait
from allocation.ledger.errors import InsufficientStockError, SupplyTakenError
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from bench.harness.processes import run_at_once

PROCESSES = 2
THREADS = 64
MOST_SECONDS = 240
LOCATIONS = ("dallas", "newark", "reno")
POOL = 7


@dataclass(frozen=True)
class Place:
    """Where a ledger is: a file, or a schema of a database."""

    file: Path | None = None
    dsn: str = ""
    schema: str = ""

    def open(self) -> Ledger:
        if self.file is not None:
            return SqliteLedger(self.file, busy_timeout_s=60)
        return PostgresLedger(self.dsn, schema=self.schema, patience_s=60)


def item(number: int) -> str:
    return f"item {number:03}"


def race_for_one_unit(ledger: Ledger, racer: str, number: int) -> str | None:
    """Hold and commit the only unit; return the plan if it was ours."""
    plan_id = f"{number} {racer}"
    try:
        ledger.hold(plan_id, [want(key(item(number)))], expire_time=at(100), now=at(1))
    except InsufficientStockError:
        return None
    ledger.commit(plan_id, now=at(2))
    return plan_id


def repeat_one_request(ledger: Ledger, racer: str, number: int) -> str | None:
    """Make the same request as everybody else; return the racer if it was the first."""
    rows = [want(key(item(number)))]
    reply = ledger.hold(
        f"plan {number}", rows, expire_time=at(100), now=at(1), request_id=f"r {number}"
    )
    assert reply.plan.plan_id == f"plan {number}"
    return None if reply.replayed else racer


def race_for_a_pool(ledger: Ledger, racer: str, number: int) -> str | None:
    """Hold a unit that waits at some location; return the plan if the pool had room for it."""
    plan_id = f"{number} {racer}"
    place = LOCATIONS[sum(racer.encode()) % len(LOCATIONS)]
    row = wait(item=item(number), location=place, limit=POOL)
    try:
        ledger.hold(plan_id, [], expire_time=at(100), now=at(1), waiting=[row])
    except SupplyTakenError:
        return None
    ledger.commit(plan_id, now=at(2))
    return plan_id


Race = Callable[[Ledger, str, int], str | None]


def run_races(place: Place, race: Race, rounds: int) -> list[list[str]]:
    """Run rounds in several processes; return what was won in each round."""
    arguments = [(place, race, rounds, name) for name in range(PROCESSES)]
    found = run_at_once(_process, arguments, most_s=MOST_SECONDS)
    return [sorted(one + other) for one, other in zip(*found, strict=True)]


def _process(barrier: Barrier, place: Place, race: Race, rounds: int, name: int) -> list[list[str]]:
    won: list[list[str]] = []
    with closing(place.open()) as ledger, ThreadPoolExecutor(THREADS) as pool:
        for number in range(rounds):
            ready = threading.Barrier(THREADS)

            def run(thread: int, number: int = number, ready: Any = ready) -> str | None:
                ready.wait()
                return race(ledger, f"{name}.{thread}", number)

            barrier.wait(timeout=MOST_SECONDS)
            won.append([one for one in pool.map(run, range(THREADS)) if one is not None])
    return won
