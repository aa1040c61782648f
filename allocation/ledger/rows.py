"""Rows of the SQL stores: their columns in order, and what they mean.

Instants are whole microseconds since 1970-01-01 UTC in columns that end in ``_us``, days
are ISO texts; a level without a lot has the empty text as its lot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from allocation.ledger.entry import ChangeReason, Entry
from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.ledger.instants import from_us, to_us
from allocation.ledger.level import (
    MOST_PERCENT,
    Buckets,
    Incoming,
    Level,
    LevelKey,
    StockOwner,
)
from allocation.ledger.replies import EntryRow
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import Waited
from routing.ids import ItemId, LineId, LocationId, LotId

LEVEL: Final = (
    "item_id, location_id, lot_id, owner, on_hand, unavailable, held, committed, "
    "safety_stock, incoming, observed_us, update_us, expiry_date, received_date"
)
CHANGING_IN_LEVEL: Final = LEVEL.split(", ", 3)[3]
NEW_PLAN: Final = "plan_id, payload, create_us, expire_us, revision, state"
PLAN: Final = f"{NEW_PLAN}, replaced_by"
PLAN_ROW: Final = (
    "plan_id, row_number, line_id, part, item_id, location_id, lot_id, quantity, "
    "state, commit_us, fulfill_us, expire_us, serials, picked_lot_id, waited"
)
CHANGING_IN_PLAN_ROW: Final = (
    "item_id, location_id, lot_id, quantity, state, commit_us, fulfill_us, expire_us, serials, "
    "picked_lot_id, waited"
)
SERIAL: Final = "item_id, serial, plan_id, until_us, shipped, location_id, lot_id, set_aside"
CHANGING_IN_SERIAL: Final = SERIAL.split(", ", 2)[2]
REQUEST: Final = "request_id, fingerprint, time_us, version, answer"
ENTRY: Final = (
    "time_us, item_id, location_id, lot_id, reason, on_hand, unavailable, held, committed, "
    "safety_stock, plan_id, line_id, request_id, comment"
)

_NO_INCOMING: Final = "[]"
_NO_SERIALS: Final = "[]"
_SERIALS_AT: Final = 12
_REPLACED_BY_AT: Final = 6
_NO_MORE: Final = (_NO_SERIALS, "", "")
"""The last columns of a row that names no units and never waited."""
MOST_ENTRY_ID: Final = 2**63 - 1

# Rows are read and written once per level: looking an enum up by value is slow, and so is
# asking a member for `value`, which is a method.
_OWNERS: Final = {owner.value: owner for owner in StockOwner}
REASONS: Final = {reason.value: reason for reason in ChangeReason}
_STATES: Final = {state.value: state for state in HoldState}

Row = Sequence[Any]


def key_values(key: LevelKey) -> tuple[str, str, str]:
    """Return the columns of a key."""
    item_id, location_id, lot_id = key
    return (item_id, location_id, lot_id or "")


def key_from(item_id: str, location_id: str, lot_id: str) -> LevelKey:
    """Return the key; the inverse of `key_values`."""
    return LevelKey(ItemId(item_id), LocationId(location_id), LotId(lot_id) if lot_id else None)


def level_values(level: Level) -> tuple[Any, ...]:
    """Return the columns `LEVEL`."""
    key, owner, buckets, updated, incoming, observed, expires, received = level
    item_id, location_id, lot_id = key
    return (
        item_id,
        location_id,
        lot_id or "",
        owner._value_,
        *buckets,
        _incoming_text(incoming) if incoming else _NO_INCOMING,
        None if observed is None else to_us(observed),
        to_us(updated),
        None if expires is None else expires.isoformat(),
        None if received is None else received.isoformat(),
    )


def level_from(row: Row, no_longer_held: int = 0) -> Level:
    """Return the level of columns `LEVEL`, without holds that have run out."""
    item_id, location_id, lot_id, owner, on_hand, unavailable, held, committed = row[:8]
    safety_stock, incoming, observed_us, update_us, expires, received = row[8:]
    return Level(
        LevelKey(item_id, location_id, lot_id or None),
        _OWNERS[owner],
        Buckets(on_hand, unavailable, held - no_longer_held, committed, safety_stock),
        from_us(update_us),
        () if incoming == _NO_INCOMING else _incoming_from(incoming),
        None if observed_us is None else from_us(observed_us),
        None if expires is None else date.fromisoformat(expires),
        None if received is None else date.fromisoformat(received),
    )


def plan_values(plan: HeldPlan) -> tuple[Any, ...]:
    """Return the columns `NEW_PLAN`."""
    return (
        plan.plan_id,
        plan.payload,
        to_us(plan.create_time),
        to_us(plan.expire_time),
        plan.revision,
        plan.state._value_,
    )


def changed_plan_values(plan: HeldPlan, time_us: int) -> tuple[Any, ...]:
    """Return the columns of a plan that changes can be in, behind its id; `time_us` is now."""
    expire_us = to_us(plan.expire_time)
    state = plan.state._value_
    return (plan.plan_id, expire_us, plan.revision, state, plan.replaced_by, time_us)


def plan_row_values(plan: HeldPlan) -> list[tuple[Any, ...]]:
    """Return the columns `PLAN_ROW` of every row."""
    expire_us = to_us(plan.expire_time)
    return [_plan_row(plan.plan_id, number, row, expire_us) for number, row in _numbered(plan)]


class PlanRows:
    """Rows of plans in columns, worked out once for each plan; for one write."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[HeldPlan, list[tuple[Any, ...]]]] = {}

    def of(self, plan: HeldPlan) -> list[tuple[Any, ...]]:
        """Return the columns `PLAN_ROW` of every row."""
        known = self._known.get(id(plan))
        if known is None:
            # With the plan itself, so that nothing else gets its identity.
            known = self._known[id(plan)] = plan, plan_row_values(plan)
        return known[1]

    def changed(self, before: HeldPlan, after: HeldPlan) -> list[tuple[Any, ...]]:
        """Return the columns `PLAN_ROW` of the rows that are not as they were."""
        values = self.of(after)
        if before.expire_time != after.expire_time:
            return values
        known = dict(_numbered(before))
        rows = zip(_numbered(after), values, strict=True)
        return [value for (number, row), value in rows if row is not known.get(number)]


def _numbered(plan: HeldPlan) -> Iterator[tuple[int, HeldRow]]:
    """Yield rows with their numbers: stock from 0 up, what is counted from -1 down."""
    yield from enumerate(plan.rows)
    for index, row in enumerate(plan.counted):
        yield -1 - index, row


def _plan_row(plan_id: str, number: int, row: HeldRow, expire_us: int) -> tuple[Any, ...]:
    return (
        plan_id,
        number,
        row.line_id,
        row.part,
        *key_values(row.key),
        row.quantity,
        row.state._value_,
        _us(row.commit_time),
        _us(row.fulfill_time),
        expire_us,
        json.dumps(row.serials) if row.serials else _NO_SERIALS,
        row.picked_lot_id or "",
        "" if row.waited is None else _waited_text(row.waited),
    )


def serial_values(claim: SerialClaim) -> tuple[Any, ...]:
    """Return the columns `SERIAL`."""
    location_id, lot_id = "", ""
    if claim.place is not None:
        _, location_id, lot_id = key_values(claim.place)
    until_us = _us(claim.until)
    taken = (claim.plan_id or "", until_us, claim.shipped)
    return (*claim.key, *taken, location_id, lot_id, claim.set_aside)


def serial_from(row: Row) -> SerialClaim:
    """Return the claim of columns `SERIAL`."""
    item_id, serial, plan_id, until_us, shipped, location_id, lot_id, set_aside = row
    key = SerialKey(ItemId(item_id), serial)
    place = key_from(item_id, location_id, lot_id) if location_id else None
    until = _time(until_us)
    return SerialClaim(key, plan_id or None, until, bool(shipped), place, bool(set_aside))


def plan_from(row: Row, plan_rows: Iterable[Row]) -> HeldPlan:
    """Return the plan of columns `PLAN` or `NEW_PLAN` and, in order, `PLAN_ROW`."""
    numbered = [(one[1], _held_row(one)) for one in plan_rows]
    rows = tuple(held for number, held in numbered if number >= 0)
    counted = [pair for pair in numbered if pair[0] < 0]
    return HeldPlan(
        row[0],
        bytes(row[1]),
        rows,
        from_us(row[2]),
        from_us(row[3]),
        row[4],
        HoldState.HELD if rows else HoldState(row[5]),
        counted=tuple(held for _, held in sorted(counted, key=_number, reverse=True)),
        replaced_by=row[_REPLACED_BY_AT] if len(row) > _REPLACED_BY_AT else "",
    )


def _number(numbered: tuple[int, HeldRow]) -> int:
    return numbered[0]


def entry_values(entry: Entry) -> tuple[Any, ...]:
    """Return the columns `ENTRY`."""
    key, reason, time, change, plan_id, line_id, request_id, comment = entry
    return (
        to_us(time),
        *key_values(key),
        reason._value_,
        *change,
        plan_id,
        line_id,
        request_id,
        comment,
    )


def entry_from(row: Row) -> EntryRow:
    """Return the entry of an id, a version and columns `ENTRY`."""
    entry_id, version, time_us, item_id, location_id, lot_id, reason = row[:7]
    plan_id, line_id, request_id, comment = row[12:]
    return EntryRow(
        entry_id,
        version,
        Entry(
            key_from(item_id, location_id, lot_id),
            REASONS[reason],
            from_us(time_us),
            Buckets(*row[7:12]),
            plan_id,
            None if line_id is None else LineId(line_id),
            request_id,
            comment,
        ),
    )


def _held_row(row: Row) -> HeldRow:
    # Answers that were remembered by an older version have fewer columns.
    told: list[Any] = [*row[_SERIALS_AT:], *_NO_MORE[len(row) - _SERIALS_AT :]]
    serials, picked, waited = told
    return HeldRow(
        LineId(row[2]),
        row[3],
        key_from(*row[4:7]),
        row[7],
        _STATES[row[8]],
        _time(row[9]),
        _time(row[10]),
        () if serials == _NO_SERIALS else tuple(json.loads(serials)),
        LotId(picked) if picked else None,
        _waited_from(waited) if waited else None,
    )


def _waited_text(waited: Waited) -> str:
    placed, promised, expected, release, lead, priority, shelf_days = waited
    times = (placed, promised, expected, release, lead)
    return json.dumps([*(_us(time) for time in times), priority, shelf_days])


def _waited_from(text: str) -> Waited:
    placed_us, promised, expected, release, lead, priority, shelf_days = json.loads(text)
    return Waited(
        from_us(placed_us),
        _time(promised),
        _time(expected),
        _time(release),
        _time(lead),
        priority,
        shelf_days,
    )


def _incoming_text(incoming: Iterable[Incoming]) -> str:
    return json.dumps([_supply_values(supply) for supply in incoming])


def _supply_values(supply: Incoming) -> list[int]:
    quantity, expected, percent = supply
    sure = [] if percent == MOST_PERCENT else [percent]
    return [quantity, to_us(expected), *sure]


def _incoming_from(text: str) -> tuple[Incoming, ...]:
    return tuple(
        Incoming(quantity, from_us(expected), *sure)
        for quantity, expected, *sure in json.loads(text)
    )


def _us(time: datetime | None) -> int | None:
    return None if time is None else to_us(time)


def _time(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_us(microseconds)
