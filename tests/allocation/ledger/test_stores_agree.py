"""The stores give the same answers, whatever is done to them in whatever order."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, closing
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import at
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from tests.allocation.ledger.moves import Move, full_shelves, holds, jumps, others, steps
from tests.allocation.ledger.postgres_server import Server

# In memory where there is such a place: the disk is not what is tested here.
FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None

EMPTY = "TRUNCATE level, plan, plan_row, entry, request RESTART IDENTITY"


def same_everywhere(answer: Any) -> Any:
    """Return an answer without the version, which counts differently in each store."""
    if is_dataclass(answer) and hasattr(answer, "version"):
        return replace(answer, version=0)  # type: ignore[type-var]
    return answer


class Reader:
    """Follows the changes of a ledger, as a planning cache does."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.version = ledger.snapshot(now=at(0)).version
        self.levels: dict[LevelKey, Level] = {}

    def catch_up(self, seconds: float, limit: int) -> dict[LevelKey, Level]:
        """Return all levels, known from changes alone."""
        more = True
        while more:
            batch = self.ledger.changes_since(self.version, now=at(seconds), limit=limit)
            self.levels.update((change.level.key, change.level) for change in batch.changes)
            self.version, more = batch.version, batch.more
        return self.levels


class StoresAgree(RuleBasedStateMachine):
    dsn: str | None = None

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(dir=FAST))
        self.memory = MemoryLedger()
        sqlite = self.stack.enter_context(closing(SqliteLedger(Path(folder) / "ledger.db")))
        self.others: list[Ledger] = [sqlite]
        if self.dsn is not None:
            postgres = PostgresLedger(self.dsn, schema="agree", most_connections=2)
            self.others.append(self.stack.enter_context(closing(postgres)))
            with psycopg.connect(self.dsn, options="-c search_path=agree") as connection:
                connection.execute(EMPTY)
        self.readers = [Reader(ledger) for ledger in (self.memory, *self.others)]
        self.seconds = 100.0
        self.made: list[Move] = []
        self.holds: list[Move] = []

        self.make(full_shelves, 0.0)

    @rule(move=others, jump=jumps)
    def make(self, move: Move, jump: float) -> None:
        self.seconds += jump
        self.made.append(move)
        self.everywhere(move)

    @rule(move=holds(), jump=jumps)
    def hold(self, move: Move, jump: float) -> None:
        self.holds.append(move)
        self.make(move, jump)

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), jump=jumps)
    def step(self, data: st.DataObject, jump: float) -> None:
        self.make(data.draw(steps(self.holds)), jump)

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def commit_and_ship_the_last(self, data: st.DataObject) -> None:
        plan_id = self.holds[-1].args[:1]
        self.make(Move("commit", plan_id), data.draw(st.sampled_from([0.0, 1.0])))
        self.make(data.draw(steps(self.holds[-1:])), data.draw(jumps))

    @precondition(lambda self: self.made)
    @rule(data=st.data(), jump=jumps)
    def repeat_an_earlier_one(self, data: st.DataObject, jump: float) -> None:
        self.seconds += jump
        self.everywhere(data.draw(st.sampled_from(self.made)))

    @rule(limit=st.sampled_from([1, 3, 100]))
    def follow_the_changes(self, limit: int) -> None:
        for reader in self.readers:
            reader.ledger.sweep(now=at(self.seconds))
            stored = reader.ledger.levels(now=at(self.seconds)).levels
            found = reader.catch_up(self.seconds, limit)
            assert {one.key: one.available for one in stored} == {
                one: level.available for one, level in found.items()
            }

    @invariant()
    def levels_and_plans_are_the_same(self) -> None:
        now = at(self.seconds)
        expected = self.memory.levels(now=now).levels
        plans = {
            move.args[0]: Move("get_plan", move.args[:1]).on(self.memory, self.seconds)
            for move in self.holds
        }
        for ledger in self.others:
            assert ledger.levels(now=now).levels == expected
            assert ledger.audit(now=now).differences == ()
            for plan_id, plan in plans.items():
                assert Move("get_plan", (plan_id,)).on(ledger, self.seconds) == plan
        assert self.memory.audit(now=now).differences == ()

    def everywhere(self, move: Move) -> None:
        expected = same_everywhere(move.on(self.memory, self.seconds))
        for ledger in self.others:
            assert same_everywhere(move.on(ledger, self.seconds)) == expected

    def teardown(self) -> None:
        if not hasattr(self, "stack"):
            return
        with self.stack:
            expected = [row.entry for row in self.memory.entries(limit=10_000)]
            for ledger in self.others:
                assert [row.entry for row in ledger.entries(limit=10_000)] == expected


QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def agree(dsn: str | None, examples: int, steps: int) -> None:
    machine = type("StoresAgreeHere", (StoresAgree,), {"dsn": dsn})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=QUIET,
        ),
    )


@pytest.fixture
def dsn(server: Server) -> str:
    PostgresLedger(server.dsn, schema="agree").close()
    return server.dsn


def test_memory_and_sqlite_agree() -> None:
    agree(None, examples=30, steps=40)


def test_memory_sqlite_and_postgres_agree(dsn: str) -> None:
    agree(dsn, examples=10, steps=40)


@pytest.mark.soak
def test_memory_sqlite_and_postgres_agree_for_long(dsn: str) -> None:
    agree(None, examples=1_000, steps=60)
    agree(dsn, examples=300, steps=60)
