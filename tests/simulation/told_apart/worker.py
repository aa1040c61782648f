"""A server process for lots, serials, kits and units that wait; see `tests.simulation.worker`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HeldPlan, HoldRow, Replaced
from allocation.ledger.level import Incoming, LevelKey
from allocation.ledger.replies import PlanReply
from allocation.ledger.serials import SerialKey
from allocation.ledger.waiting import Settled, Waited, WaitRow
from routing.counters import is_counter_item
from routing.ids import ItemId, LineId, LocationId, LotId
from tests.simulation import worker
from tests.simulation.instants import at, us
from tests.simulation.worker import Answer, Call

EVERY_SERIAL = [SerialKey(ItemId("phone"), f"S{number}") for number in range(4_000)]
"""More than a run names."""


def key(item: str, location: str, lot: str) -> LevelKey:
    return LevelKey(ItemId(item), LocationId(location), LotId(lot) if lot else None)


def show(plan: HeldPlan) -> Answer:
    return {
        "plan": plan.plan_id,
        "revision": plan.revision,
        "expire": us(plan.expire_time),
        "rows": [
            {
                "line": row.line_id,
                "item": row.key.item_id,
                "place": row.key.location_id,
                "lot": row.key.lot_id or "",
                "quantity": row.quantity,
                "state": row.state.value,
                "committed": _us(row.commit_time),
                "serials": list(row.serials),
                "expected": None if row.waited is None else _us(row.waited.expected_time),
                "promised": None if row.waited is None else _us(row.waited.promised_time),
                "shelf_days": None if row.waited is None else row.waited.shelf_days,
                "waited": row.waited is not None,
            }
            for row in plan.rows
        ],
    }


def held(reply: PlanReply) -> Answer:
    return {**show(reply.plan), "replayed": reply.replayed}


def settled(found: Settled) -> Answer:
    return {
        "allotted": [
            [one.plan_id, one.line_id, *one.key[:2], one.key.lot_id or "", one.quantity]
            for one in found.allotted
        ],
        "slipped": [
            [one.plan_id, one.line_id, *one[2:5], _us(one.before), _us(one.after)]
            for one in found.slipped
        ],
    }


def hold(ledger: Ledger, call: Call) -> Answer:
    return held(
        ledger.hold(
            call["plan"],
            [
                HoldRow(LineId(line), 0, key(item, place, lot), quantity, tuple(serials))
                for line, item, place, lot, quantity, serials in call["rows"]
            ],
            expire_time=at(call["expire"]),
            now=at(call["now"]),
            request_id=call["request"],
            replaces=Replaced(call["replaces"]) if call["replaces"] else None,
            waiting=[_wait(call, *row) for row in call["waiting"]],
        )
    )


def _wait(
    call: Call,
    line: str,
    item: str,
    place: str,
    quantity: int,
    expected: int | None,
    limit: int | None,
    shelf_days: int,
) -> WaitRow:
    time = None if expected is None else at(expected)
    waited = Waited(at(call["now"]), time, time, priority=call["priority"], shelf_days=shelf_days)
    supply = (key(item, place, "supply"),)
    ids = ItemId(item), LocationId(place)
    return WaitRow(LineId(line), 0, *ids, quantity, waited, supply, limit)


def fulfill(ledger: Ledger, call: Call) -> Answer:
    return held(ledger.fulfill(call["plan"], now=at(call["now"]), request_id=call["request"]))


def commit(ledger: Ledger, call: Call) -> Answer:
    return held(ledger.commit(call["plan"], now=at(call["now"]), request_id=call["request"]))


def release(ledger: Ledger, call: Call) -> Answer:
    lines = [LineId(line) for line in call["lines"]]
    now = at(call["now"])
    return held(ledger.release(call["plan"], now=now, lines=lines, request_id=call["request"]))


def receive(ledger: Ledger, call: Call) -> Answer:
    came = Adjustment(
        AdjustmentKind.RECEIVE,
        key(call["item"], call["place"], call["lot"]),
        call["quantity"],
        serials=tuple(call["serials"]),
    )
    reply = ledger.adjust([came], now=at(call["now"]), request_id=call["request"])
    return {**settled(reply.settled), "replayed": reply.replayed}


def move(ledger: Ledger, call: Call) -> Answer:
    went = Adjustment(
        AdjustmentKind.TRANSFER,
        key(call["item"], call["place"], ""),
        call["quantity"],
        LocationId(call["to"]),
        serials=tuple(call["serials"]),
    )
    reply = ledger.adjust([went], now=at(call["now"]), request_id=call["request"])
    return {**settled(reply.settled), "replayed": reply.replayed}


def feed(ledger: Ledger, call: Call) -> Answer:
    """Say what is on its way; it is told with a lot of its own that never comes."""
    incoming = tuple(Incoming(quantity, at(when)) for quantity, when in call["incoming"])
    row = LevelRow(key(call["item"], call["place"], "supply"), 0, incoming=incoming)
    reply = ledger.set_levels(
        [row], now=at(call["now"]), request_id=call["request"], observed_time=at(call["now"])
    )
    refused = [error.row for error in reply.errors]
    return {**settled(reply.settled), "refused": refused, "replayed": reply.replayed}


def stock(ledger: Ledger, call: Call) -> Answer:
    rows = [
        LevelRow(key(item, place, lot), quantity, expiry_date=_day(expiry))
        for item, place, lot, quantity, expiry in call["rows"]
    ]
    reply = ledger.set_levels(rows, now=at(call["now"]), request_id=call["request"])
    refused = [error.row for error in reply.errors]
    return {**settled(reply.settled), "refused": refused, "replayed": reply.replayed}


def recall(ledger: Ledger, call: Call) -> Answer:
    reply = ledger.recall(
        ItemId(call["item"]), LotId(call["lot"]), now=at(call["now"]), request_id=call["request"]
    )
    return {"named": list(reply.plan_ids), "replayed": reply.replayed}


def sweep(ledger: Ledger, call: Call) -> Answer:
    # What a sweep frees the next one gives out, and dates those who go on waiting.
    slipped: list[Any] = []
    while True:
        reply = ledger.sweep(now=at(call["now"]))
        slipped += settled(reply.settled)["slipped"]
        if not reply.expired and reply.settled == Settled():
            return {"swept": True, "slipped": slipped}


def look(ledger: Ledger, call: Call) -> Answer:
    """Everything there is, as of one instant, and what the ledger's own audit says."""
    now = at(call["now"])
    levels = ledger.levels(now=now).levels
    return {
        "levels": [
            {
                "item": level.key.item_id,
                "place": level.key.location_id,
                "lot": level.key.lot_id or "",
                **level.buckets._asdict(),
                "available": level.available,
                "incoming": [[one.quantity, us(one.expected_time)] for one in level.incoming],
                "expiry": None if level.expiry_date is None else level.expiry_date.isoformat(),
            }
            for level in levels
            if not is_counter_item(level.key.item_id)
        ],
        "counted": {
            f"{level.key.item_id} {level.key.location_id}": -level.available
            for level in levels
            if is_counter_item(level.key.item_id) and level.available < 0
        },
        "serials": {
            claim.key.serial: {
                "plan": claim.plan_id,
                "shipped": claim.shipped,
                "place": None if claim.place is None else claim.place.location_id,
            }
            for claim in ledger.serials(EVERY_SERIAL).values()
        },
        "plans": [show(ledger.get_plan(plan_id, now=now)) for plan_id in call["plans"]],
        "audit": [str(difference) for difference in ledger.audit(now=now).differences],
    }


def _us(time: datetime | None) -> int | None:
    return None if time is None else us(time)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


OPERATIONS: dict[str, Callable[[Ledger, Call], Answer]] = {
    "hold": hold,
    "commit": commit,
    "release": release,
    "fulfill": fulfill,
    "receive": receive,
    "move": move,
    "feed": feed,
    "stock": stock,
    "recall": recall,
    "sweep": sweep,
    "look": look,
}


if __name__ == "__main__":
    worker.OPERATIONS = OPERATIONS
    worker.main(sys.argv[1:])
