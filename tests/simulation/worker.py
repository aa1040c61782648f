"""A server process without gRPC: calls come as lines of JSON, answers go out as they are ready.

Run as ``python -m tests.simulation.worker sqlite FILE`` or ``... postgres DSN SCHEMA``.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from allocation.errors import EngineError
from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HeldPlan, HoldRow, Replaced, RowShare
from allocation.ledger.level import LevelKey, StockOwner
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.replies import PlanReply
from allocation.ledger.sqlite import SqliteLedger
from routing.ids import ItemId, LineId, LocationId
from tests.simulation.instants import at, us

THREADS = 12
Call = dict[str, Any]
Answer = dict[str, Any]


def main(arguments: list[str]) -> None:
    ledger: Ledger
    if arguments[0] == "sqlite":
        ledger = SqliteLedger(Path(arguments[1]), busy_timeout_s=60)
    else:
        ledger = PostgresLedger(arguments[1], schema=arguments[2], patience_s=20)
    # A database that is killed is what happens here all the time.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    lock = threading.Lock()

    def answer(call: Call) -> None:
        try:
            found = OPERATIONS[call["op"]](ledger, call)
        except EngineError as error:
            found = {"error": error.reason}
        with lock:
            sys.stdout.write(json.dumps({"id": call["id"], **found}) + "\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(THREADS) as pool:
        futures = [pool.submit(answer, json.loads(line)) for line in sys.stdin]
        for future in futures:
            future.result()
    ledger.close()


def us_or_none(time: datetime | None) -> int | None:
    return None if time is None else us(time)


def key(item: str, location: str) -> LevelKey:
    return LevelKey(ItemId(item), LocationId(location))


def show(plan: HeldPlan) -> Answer:
    return {
        "plan": plan.plan_id,
        "revision": plan.revision,
        "expire": us(plan.expire_time),
        "rows": [
            [
                *row.key[:2],
                row.quantity,
                row.state.value,
                us_or_none(row.commit_time),
                us_or_none(row.fulfill_time),
            ]
            for row in plan.rows
        ],
    }


def held(reply: PlanReply) -> Answer:
    return {**show(reply.plan), "replayed": reply.replayed}


def hold(ledger: Ledger, call: Call) -> Answer:
    rows = [
        HoldRow(LineId(line), part, key(item, location), quantity)
        for line, part, item, location, quantity in call["rows"]
    ]
    return held(
        ledger.hold(
            call["plan"],
            rows,
            expire_time=at(call["expire"]),
            now=at(call["now"]),
            request_id=call["request"],
            replaces=Replaced(call["replaces"]) if call["replaces"] else None,
        )
    )


def commit(ledger: Ledger, call: Call) -> Answer:
    return held(ledger.commit(call["plan"], now=at(call["now"]), request_id=call["request"]))


def release(ledger: Ledger, call: Call) -> Answer:
    lines = [LineId(line) for line in call["lines"]]
    now = at(call["now"])
    return held(ledger.release(call["plan"], now=now, lines=lines, request_id=call["request"]))


def extend(ledger: Ledger, call: Call) -> Answer:
    until, now = at(call["expire"]), at(call["now"])
    return held(ledger.extend(call["plan"], expire_time=until, now=now, request_id=call["request"]))


def fulfill(ledger: Ledger, call: Call) -> Answer:
    now = at(call["now"])
    shares = []
    if call["part"]:
        row = ledger.get_plan(call["plan"], now=now).rows[0]
        shares = [RowShare(row.name, 1)]
    return held(ledger.fulfill(call["plan"], now=now, rows=shares, request_id=call["request"]))


def feed(ledger: Ledger, call: Call) -> Answer:
    rows = [LevelRow(key(item, location), quantity) for item, location, quantity in call["rows"]]
    reply = ledger.set_levels(
        rows,
        now=at(call["now"]),
        request_id=call["request"],
        owner=StockOwner(call["owner"]),
        observed_time=at(call["observed"]),
    )
    return {"refused": [error.row for error in reply.errors], "replayed": reply.replayed}


def receive(ledger: Ledger, call: Call) -> Answer:
    adjustment = Adjustment(
        AdjustmentKind.RECEIVE, key(call["item"], call["location"]), call["quantity"]
    )
    reply = ledger.adjust([adjustment], now=at(call["now"]), request_id=call["request"])
    return {"replayed": reply.replayed}


def sweep(ledger: Ledger, call: Call) -> Answer:
    return {"expired": list(ledger.sweep(now=at(call["now"]), limit=20).expired)}


def look(ledger: Ledger, call: Call) -> Answer:
    """Everything there is, as of one instant, and what the ledger's own audit says."""
    now = at(call["now"])
    levels = ledger.levels(now=now).levels
    return {
        "levels": [
            [*level.key[:2], level.buckets.on_hand, level.buckets.held, level.buckets.committed]
            for level in levels
        ],
        "plans": [show(ledger.get_plan(plan_id, now=now)) for plan_id in call["plans"]],
        "audit": [str(difference) for difference in ledger.audit(now=now).differences],
    }


OPERATIONS: dict[str, Callable[[Ledger, Call], Answer]] = {
    "hold": hold,
    "commit": commit,
    "release": release,
    "extend": extend,
    "fulfill": fulfill,
    "feed": feed,
    "receive": receive,
    "sweep": sweep,
    "look": look,
}


if __name__ == "__main__":
    main(sys.argv[1:])
