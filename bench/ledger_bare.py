"""The store's ceiling: the same rows in the same number of transactions, without a ledger.

One statement for each row that is looked for or written, each answer fetched, nothing
decided. As many of them share a transaction as did in the ledger, so the disk is flushed as
often; on PostgreSQL they go out in pipelines, as the ledger's do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from multiprocessing.synchronize import Barrier
from typing import Any

import psycopg

from allocation.ledger.commands import Hold
from allocation.ledger.sqlite.connect import begin_write, connect_writer
from allocation.server.collector import relax
from bench.harness.processes import run_at_once
from bench.ledger_scene import PAYLOAD, Load, Place

_MOST_S = 240.0
_ANSWER = '["PlanReply",["plan-0-0000000",[1,2,1,"held"],[]]]' + "x" * 200

Statement = tuple[str, tuple[Any, ...]]

LOOK_FOR_REQUEST = "SELECT fingerprint, version, answer FROM request WHERE request_id = ?"
LOOK_FOR_PLAN = "SELECT * FROM plan WHERE plan_id = ?"
LOOK_FOR_ROWS = "SELECT * FROM plan_row WHERE plan_id = ?"
LOOK_FOR_DUE = """
SELECT plan_id FROM plan_row WHERE item_id = ? AND location_id = ? AND lot_id = ''
AND state = 'held' AND expire_us <= 0
"""
LOOK_FOR_ANY_DUE = "SELECT plan_id FROM plan WHERE state = 'held' AND expire_us <= 0"
"""In SQLite, where plans that have run out are found by their time alone."""

LOCK_LEVEL = "SELECT * FROM level WHERE item_id = ? AND location_id = ? AND lot_id = ''"
ADD_PLAN = """
INSERT INTO plan (plan_id, payload, create_us, expire_us, revision, state, change_us)
VALUES (?, ?, 0, 1, 1, 'held', 1)
"""
ADD_ROW = """
INSERT INTO plan_row
    (plan_id, row_number, line_id, part, item_id, location_id, lot_id, quantity, state, expire_us)
VALUES (?, ?, ?, 0, ?, ?, '', 1, 'held', 1)
"""
HOLD_LEVEL = """
UPDATE level SET held = held + 1, update_us = 1
WHERE item_id = ? AND location_id = ? AND lot_id = ''
"""
ADD_ENTRY = """
INSERT INTO entry (version, time_us, item_id, location_id, lot_id, reason, on_hand, unavailable,
held, committed, safety_stock, plan_id, line_id, request_id, comment)
VALUES (9223372036854775807, 1, ?, ?, '', ?, 0, 0, 1, 0, 0, ?, ?, ?, '')
"""
ADD_REQUEST = "INSERT INTO request VALUES (?, ?, 1, 1, ?)"
COMMIT_PLAN = "UPDATE plan SET revision = 2, state = 'committed', change_us = 2 WHERE plan_id = ?"
COMMIT_ROW = """
UPDATE plan_row SET state = 'committed', commit_us = 1 WHERE plan_id = ? AND row_number = ?
"""
COMMIT_LEVEL = """
UPDATE level SET held = held - 1, committed = committed + 1, update_us = 1
WHERE item_id = ? AND location_id = ? AND lot_id = ''
"""


def run_bare(place: Place, load: Load, batch: int, writers: int) -> tuple[float, float]:
    """Do the same without a ledger in as many processes.

    Parameters
    ----------
    batch
        Holds and commits that share a transaction.
    writers
        Connections that write at the same time in each process.

    Returns
    -------
    tuple
        Holds and commits per second, and microseconds of processor time for each.
    """
    work = _sqlite if place.file is not None else _postgres
    arguments = [(work, place, load, number, batch, writers) for number in range(load.processes)]
    used = run_at_once(_process, arguments, most_s=_MOST_S)
    writes = 2 * load.orders * load.processes
    cpu_s = sum(cpu_s for _, cpu_s in used)
    return writes / max(seconds for seconds, _ in used), cpu_s / writes * 1_000_000


def _process(
    barrier: Barrier,
    work: Callable[[Place, list[list[Hold]], int], float],
    place: Place,
    load: Load,
    number: int,
    batch: int,
    writers: int,
) -> tuple[float, float]:
    holds = load.holds(number)
    # A transaction holds as many orders as it commits.
    groups = list(iter(lambda: list(islice(holds, max(1, round(batch / 2)))), []))
    relax()
    barrier.wait(timeout=_MOST_S)
    used_s = time.process_time()
    seconds = work(place, groups, writers)
    return seconds, time.process_time() - used_s


def _sqlite(place: Place, groups: list[list[Hold]], writers: int) -> float:
    del writers
    if place.file is None:
        raise ValueError("a file is needed")
    connection = connect_writer(place.file)
    started_s = time.perf_counter()
    for group in groups:
        begin_write(connection, 60.0)
        for statement, values in (*_in_sqlite(_reads(group)), *_writes(group)):
            connection.execute(statement, values).fetchall()
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started_s
    connection.close()
    return seconds


def _postgres(place: Place, groups: list[list[Hold]], writers: int) -> float:
    started_s = time.perf_counter()
    with ThreadPoolExecutor(writers) as pool:
        shares = [groups[number::writers] for number in range(writers)]
        for done in [pool.submit(_postgres_thread, place, share) for share in shares]:
            done.result()
    return time.perf_counter() - started_s


def _postgres_thread(place: Place, groups: list[list[Hold]]) -> None:
    with psycopg.connect(place.dsn, options=f"-c search_path={place.schema}") as connection:
        for group in groups:
            reads = _in_postgres(_reads(group))
            with connection.pipeline():
                found = [connection.execute(*one) for one in reads]
            for cursor in found:
                cursor.fetchall()
            with connection.pipeline():
                for one in _in_postgres(_writes(group)):
                    connection.execute(*one)
            connection.commit()


def _in_sqlite(statements: Iterator[Statement]) -> Iterator[Statement]:
    """Yield statements, looking once for plans that have run out."""
    yield LOOK_FOR_ANY_DUE, ()
    for one in statements:
        if one[0] is not LOOK_FOR_DUE:
            yield one


def _in_postgres(statements: Iterator[Statement]) -> list[Statement]:
    """Return statements with PostgreSQL's placeholders, levels locked in key order."""
    locks, others = [], []
    for statement, values in statements:
        text = statement.replace("?", "%s")
        if statement is LOCK_LEVEL:
            locks.append((text + " FOR UPDATE", values))
        else:
            others.append((text, values))
    return others + sorted(set(locks), key=lambda one: one[1])


def _reads(group: Sequence[Hold]) -> Iterator[Statement]:
    for hold in group:
        for kind in ("hold", "commit"):
            yield LOOK_FOR_REQUEST, (f"{kind}-{hold.plan_id}",)
            yield LOOK_FOR_PLAN, (hold.plan_id,)
            for row in hold.rows:
                yield LOCK_LEVEL, row.key[:2]
        for row in hold.rows:
            yield LOOK_FOR_DUE, row.key[:2]
        yield LOOK_FOR_ROWS, (hold.plan_id,)


def _writes(group: Sequence[Hold]) -> Iterator[Statement]:
    for hold in group:
        yield ADD_PLAN, (hold.plan_id, PAYLOAD)
        for number, row in enumerate(hold.rows):
            yield ADD_ROW, (hold.plan_id, number, row.line_id, *row.key[:2])
            yield HOLD_LEVEL, row.key[:2]
            yield ADD_ENTRY, (*row.key[:2], "hold", hold.plan_id, row.line_id, hold.request_id)
        yield ADD_REQUEST, (hold.request_id, b"f" * 32, _ANSWER)
    for hold in group:
        request_id = f"commit-{hold.plan_id}"
        yield COMMIT_PLAN, (hold.plan_id,)
        for number, row in enumerate(hold.rows):
            yield COMMIT_ROW, (hold.plan_id, number)
            yield COMMIT_LEVEL, row.key[:2]
            yield ADD_ENTRY, (*row.key[:2], "commit", hold.plan_id, row.line_id, request_id)
        yield ADD_REQUEST, (request_id, b"f" * 32, _ANSWER)
