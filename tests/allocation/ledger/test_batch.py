"""Writes that share a transaction come out as if each had one of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocation.errors import EngineError
from allocation.ledger.api import Ledger
from allocation.ledger.commands import Command, TakeStep
from allocation.ledger.conformance.capacity import order_of
from allocation.ledger.conformance.scene import assert_clean, at, buckets, hold, key, stock, want
from allocation.ledger.core.jobs import RunOn, here
from allocation.ledger.errors import InsufficientStockError, LedgerUnavailableError
from allocation.ledger.level import Buckets
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.replies import PlanReply
from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.states import HoldState, Step
from tests.allocation.ledger.moves import Move, full_shelves, holds, steps


class CommandOf(MemoryLedger):
    """Tells which command a call stands for, and does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[Command] = []

    def submit(self, command: Command) -> Future[Any]:
        self.commands.append(command)
        future: Future[Any] = Future()
        future.set_exception(LedgerUnavailableError("nothing is done here"))
        return future


def command_of(move: Move, seconds: float) -> Command:
    recorder = CommandOf()
    move.on(recorder, seconds)
    return recorder.commands[0]


def plain(answer: object) -> object:
    """What an answer says, without the version, which is not the same in every store."""
    if isinstance(answer, EngineError):
        return (type(answer), answer.message, dict(answer.metadata))
    assert isinstance(answer, PlanReply)
    return (answer.plan, answer.replayed)


class Gate:
    """Keeps the writers of a ledger busy until everything is queued."""

    def __init__(self, ledger: Any, threads: int) -> None:
        self._open = threading.Event()
        self._busy = [ledger._database.submit(self._wait) for _ in range(threads)]

    def _wait(self, connection: object) -> None:
        self._open.wait(60)

    def open(self) -> None:
        self._open.set()
        for future in self._busy:
            future.result()


def run_together(ledger: Any, threads: int, commands: list[Command]) -> list[object]:
    gate = Gate(ledger, threads)
    futures = [ledger.submit(command) for command in commands]
    gate.open()
    return [future.exception() or future.result() for future in futures]


class Answers:
    """Hears what came of a group of writes."""

    def __init__(self, count: int) -> None:
        self._futures: list[Future[Any]] = [Future() for _ in range(count)]

    def tell(self, answers: Sequence[tuple[int, Any]]) -> None:
        for number, answer in answers:
            self._futures[number].set_result(answer)

    def __getitem__(self, number: int) -> object:
        return self._futures[number].result(30)

    def told(self) -> list[bool]:
        return [future.done() for future in self._futures]


def run_as_group(ledger: Any, commands: list[Command], run_on: RunOn = here) -> list[object]:
    answers = Answers(len(commands))
    ledger.submit_all(commands, answers.tell, run_on)
    return [answers[number] for number in range(len(commands))]


def in_a_thread_of_its_own(function: Callable[[], None]) -> None:
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def one_by_one(ledger: Ledger, commands: list[Command]) -> list[object]:
    futures = [ledger.submit(command) for command in commands]
    return [future.exception() or future.result() for future in futures]


@st.composite
def batches(draw: st.DrawFn) -> list[list[Command]]:
    """A few lists of commands, with times that go back and forth a little."""
    made = draw(st.lists(holds(), min_size=3, max_size=12))
    second = draw(st.sampled_from([100.0, 101.0]))
    rounds: list[list[Command]] = []
    for _ in range(draw(st.integers(1, 3))):
        moves = draw(
            st.lists(st.one_of(st.sampled_from(made), steps(made)), min_size=1, max_size=12)
        )
        jumps = st.sampled_from([0.0, 0.0, 0.5, -0.5, 1.0])
        commands = [command_of(move, second + draw(jumps)) for move in moves]
        # Only writes that can be repeated share a transaction with each other.
        rounds.append(
            [
                replace(command, request_id=command.request_id or f"{len(rounds)}/{number}")
                for number, command in enumerate(commands)
            ]
        )
        second += draw(st.sampled_from([1.0, 25.0]))
    return rounds


def check_that_together_is_as_one_by_one(
    open_ledger: Callable[[], Any], threads: int, rounds: list[list[Command]]
) -> None:
    memory = MemoryLedger()
    with closing(open_ledger()) as ledger:
        full_shelves.on(memory, 99)
        full_shelves.on(ledger, 99)
        for commands in rounds:
            expected = one_by_one(memory, commands)
            found = run_together(ledger, threads, commands)
            assert list(map(plain, found)) == list(map(plain, expected))
            now = max(command.now for command in commands)
            assert ledger.levels(now=now).levels == memory.levels(now=now).levels
            assert ledger.audit(now=now).differences == ()
        assert [row.entry for row in ledger.entries()] == [row.entry for row in memory.entries()]


QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)


@settings(max_examples=60, deadline=None, suppress_health_check=QUIET)
@given(rounds=batches())
def test_a_batch_in_sqlite_is_as_its_writes_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[Command]]
) -> None:
    path = tmp_path_factory.mktemp("batch") / "ledger.db"
    check_that_together_is_as_one_by_one(lambda: SqliteLedger(path), 1, rounds)


@settings(max_examples=25, deadline=None, suppress_health_check=QUIET)
@given(rounds=batches())
def test_a_batch_in_postgres_is_as_its_writes_one_by_one(
    server: Any, schema: str, rounds: list[list[Command]]
) -> None:
    number = len(_SCHEMAS)
    _SCHEMAS.append(schema)
    # With one thread, what is queued in one go is run in one go.
    check_that_together_is_as_one_by_one(
        lambda: PostgresLedger(server.dsn, schema=f"{schema}_{number}", most_connections=2),
        1,
        rounds,
    )


_SCHEMAS: list[str] = []


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    if request.param == "sqlite":
        with closing(SqliteLedger(tmp_path / "ledger.db")) as opened:
            yield opened
    else:
        dsn, schema = request.getfixturevalue("server").dsn, request.getfixturevalue("schema")
        with closing(PostgresLedger(dsn, schema=schema, most_connections=2)) as found:
            yield found


def test_one_that_is_refused_leaves_the_others_of_its_batch_alone(ledger: Any) -> None:
    stock(ledger, 5)
    wanted = [
        Move("hold", (f"p{units}", [want(quantity=units)]), {}, {"expire_time": 100})
        for units in (3, 4, 2)
    ]
    first, second, third = run_together(ledger, 1, [command_of(move, 1) for move in wanted])
    assert isinstance(first, PlanReply)
    assert isinstance(second, InsufficientStockError)
    assert isinstance(third, PlanReply)
    assert buckets(ledger) == Buckets(on_hand=5, held=5)
    assert_clean(ledger)


def test_the_same_request_twice_in_a_batch_is_one_request(ledger: Any) -> None:
    stock(ledger, 5)
    move = Move("hold", ("p", [want()]), {"request_id": "r"}, {"expire_time": 100})
    first, again = run_together(ledger, 1, [command_of(move, 1)] * 2)
    assert isinstance(first, PlanReply)
    assert isinstance(again, PlanReply)
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.plan, again.version) == (first.plan, first.version)
    assert buckets(ledger) == Buckets(on_hand=5, held=1)


def test_a_hold_that_expires_within_a_batch_gives_its_units_to_the_next(ledger: Any) -> None:
    stock(ledger, 1)
    short = command_of(Move("hold", ("p", [want()]), {}, {"expire_time": 1}), 1)
    late = command_of(Move("hold", ("q", [want()]), {}, {"expire_time": 50}), 2)
    early = command_of(Move("hold", ("r", [want()]), {}, {"expire_time": 50}), 1.5)
    answers = run_together(ledger, 1, [short, early, late])
    assert [isinstance(answer, PlanReply) for answer in answers] == [True, False, True]
    assert ledger.get_plan("p", now=at(1.5)).state is HoldState.EXPIRED
    assert_clean(ledger, seconds=3)


@pytest.mark.parametrize("run_on", [here, in_a_thread_of_its_own])
def test_a_group_is_as_its_writes_one_by_one(ledger: Any, run_on: RunOn) -> None:
    memory = MemoryLedger()
    moves = [
        Move("hold", (f"p{number}", [want(quantity=units)]), {}, {"expire_time": 100})
        for number, units in enumerate((3, 4, 1, 2, 1))
    ]
    commands: list[Command] = [command_of(move, 1) for move in moves]
    commands += [TakeStep(now=at(2), step=Step.COMMIT, plan_id=name) for name in ("p0", "p1")]
    commands = [replace(one, request_id=str(n)) for n, one in enumerate(commands)]
    for each in (memory, ledger):
        stock(each, 5)
    expected = run_as_group(memory, commands)
    assert list(map(plain, run_as_group(ledger, commands, run_on))) == list(map(plain, expected))
    assert ledger.levels(now=at(3)).levels == memory.levels(now=at(3)).levels
    assert_clean(ledger, seconds=3)


@pytest.mark.parametrize("run_on", [here, in_a_thread_of_its_own])
def test_a_bug_in_one_of_a_group_is_told_to_its_caller_only(ledger: Any, run_on: RunOn) -> None:
    stock(ledger, 5)
    good, bad, other = (
        command_of(Move("hold", (name, [want()]), {}, {"expire_time": 100}), 1) for name in "pqr"
    )
    object.__setattr__(bad, "rows", None)
    first, second, third = run_as_group(ledger, [good, bad, other], run_on)
    assert isinstance(first, PlanReply)
    assert isinstance(second, TypeError)
    assert isinstance(third, PlanReply)
    assert buckets(ledger) == Buckets(on_hand=5, held=2)
    assert_clean(ledger)


def test_nobody_waits_for_postgres_where_commands_are_decided(
    server: Any, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deciding: list[int] = []
    asking: list[int] = []
    execute = psycopg.Connection.execute

    def noted(*arguments: Any, **options: Any) -> Any:
        asking.append(threading.get_ident())
        return execute(*arguments, **options)

    def on_a_loop(function: Callable[[], None]) -> None:
        with ThreadPoolExecutor(1) as pool:
            deciding.append(pool.submit(threading.get_ident).result())
            pool.submit(function).result()

    def group_of(count: int, name: str, **options: Any) -> list[Command]:
        moves = (
            Move("hold", (f"{name}{number}", [want()]), options, {"expire_time": 100})
            for number in range(count)
        )
        return [command_of(move, 1) for move in moves]

    with closing(PostgresLedger(server.dsn, schema=schema, most_connections=2)) as ledger:
        stock(ledger, 50)
        monkeypatch.setattr(psycopg.Connection, "execute", noted)
        for commands in (
            group_of(8, "usual"),
            # Of a day that nobody has taken of before: the store has to be asked.
            group_of(8, "day", capacity=(order_of(8),)),
        ):
            answers = run_as_group(ledger, commands, on_a_loop)
            assert all(isinstance(answer, PlanReply) for answer in answers)
        assert len(deciding) == 2
        (answer,) = run_as_group(ledger, group_of(1, "alone"), on_a_loop)
        assert isinstance(answer, PlanReply)
        assert len(deciding) == 2, "one alone is not worth asking another thread"
        assert buckets(ledger) == Buckets(on_hand=50, held=17)
        assert_clean(ledger)
    assert not set(deciding) & set(asking)


def test_a_bug_in_one_is_told_to_its_caller_only(
    ledger: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(ledger, 5)
    good = command_of(Move("hold", ("p", [want()]), {}, {"expire_time": 100}), 1)
    bad = command_of(Move("hold", ("q", [want()]), {}, {"expire_time": 100}), 1)
    object.__setattr__(bad, "rows", None)
    first, second, third = run_together(ledger, 1, [good, bad, good])
    assert isinstance(first, PlanReply)
    assert isinstance(second, TypeError)
    assert isinstance(third, EngineError), "the plan's id is taken"
    assert buckets(ledger) == Buckets(on_hand=5, held=1)
    assert_clean(ledger)


def test_versions_of_a_batch_are_those_of_its_writes(ledger: Any) -> None:
    stock(ledger, 5)
    made = [
        command_of(Move("hold", (plan_id, [want()]), {}, {"expire_time": 100}), 1)
        for plan_id in ("p", "q")
    ]
    again = TakeStep(now=at(2), step=Step.COMMIT, plan_id="p")
    first, second, third, repeat = run_together(ledger, 1, [*made, again, again])
    assert isinstance(first, PlanReply)
    assert isinstance(second, PlanReply)
    assert isinstance(third, PlanReply)
    assert isinstance(repeat, PlanReply)
    assert 0 < first.version <= second.version <= third.version
    snapshot = ledger.snapshot(now=at(3))
    assert repeat.version <= snapshot.version
    assert third.version <= snapshot.version
    batch = ledger.changes_since(first.version - 1, now=at(3))
    assert [change.level.buckets for change in batch.changes] == [
        Buckets(on_hand=5, held=1, committed=1)
    ]


def test_while_one_waits_for_a_row_the_others_of_its_batch_go_on(server: Any, schema: str) -> None:
    with closing(PostgresLedger(server.dsn, schema=schema, most_connections=4)) as ledger:
        stock(ledger, 5)
        stock(ledger, 5, key("lid"))
        held: list[Any] = [
            command_of(Move("hold", (name, [want(where)]), {}, {"expire_time": 100}), 1)
            for name, where in (("p", key()), ("q", key("lid")))
        ]
        with psycopg.connect(server.dsn, options=f"-c search_path={schema}") as other:
            other.execute("SELECT * FROM level WHERE item_id = 'mug' FOR UPDATE")
            answers = Answers(2)
            ledger.submit_all(held, answers.tell)
            assert isinstance(answers[1], PlanReply)
            assert answers.told() == [False, True]
        assert isinstance(answers[0], PlanReply)
        assert_clean(ledger)


def test_a_closed_ledger_takes_no_more_writes(ledger: Any) -> None:
    stock(ledger, 5)
    ledger.close()
    with pytest.raises(LedgerUnavailableError):
        hold(ledger)
