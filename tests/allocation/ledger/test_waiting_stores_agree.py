"""All stores give the same answers about lots, serials, kits and units that wait."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from allocation.errors import EngineError
from allocation.ledger.api import Ledger
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from tests.simulation.told_apart.auditor import ToldApartAuditor
from tests.simulation.told_apart.worker import OPERATIONS
from tests.simulation.told_apart.workload import ToldApartWorkload

STEPS_BETWEEN_AUDITS = 40

Answer = dict[str, Any]


def answer(ledger: Ledger, call: Answer) -> Answer:
    try:
        return OPERATIONS[call["op"]](ledger, call)
    except EngineError as error:
        return {"error": error.reason, "message": error.message}


def play(ledgers: list[Ledger], seed: int, steps: int) -> ToldApartAuditor:
    """Make the same calls on every ledger, and audit the first as if it were alone."""
    auditor = ToldApartAuditor()
    workload = ToldApartWorkload(seed, auditor)

    def ask(call: Answer) -> Answer:
        first, *others = (answer(ledger, call) for ledger in ledgers)
        for other in others:
            assert other == first, call
        auditor.answered(call, first)
        return first

    for call in workload.first():
        ask(call)
    for step in range(steps):
        call = workload.draw()
        ask(call)
        if call["request"] and workload.random.random() < 0.1:
            ask(call)
        if (step + 1) % STEPS_BETWEEN_AUDITS == 0:
            now = workload.instant_of_audit()
            ask(workload.sweep_of_audit())
            look = {"op": "look", "request": "", "now": now, "plans": list(auditor.plans)}
            auditor.check(ask(look), now, {})
            workload.settle(now)
    return auditor


def test_memory_and_sqlite_agree(tmp_path: Path) -> None:
    allotted = recalled = 0
    for seed in range(4):
        with closing(SqliteLedger(tmp_path / f"{seed}.db")) as sqlite:
            found = play([MemoryLedger(), sqlite], seed, steps=200)
        allotted, recalled = allotted + found.allotted, recalled + len(found.recalled)
    assert allotted > 20
    assert recalled > 4


def test_memory_and_postgres_agree(postgres: PostgresLedger) -> None:
    assert play([MemoryLedger(), postgres], 11, steps=160).allotted > 3


@pytest.mark.soak
def test_all_stores_agree_for_long(tmp_path: Path, postgres: PostgresLedger) -> None:
    with closing(SqliteLedger(tmp_path / "ledger.db")) as sqlite:
        assert play([MemoryLedger(), sqlite, postgres], 7, steps=2_000).allotted > 100
