"""Holding stock for a plan, all rows or none."""

from __future__ import annotations

from collections.abc import Mapping

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import Hold
from allocation.ledger.core.book import Book
from allocation.ledger.core.capacity import check_room, counter_key, take_violations
from allocation.ledger.core.effects import EFFECTS
from allocation.ledger.core.expiring import keys_of, write_expiry
from allocation.ledger.core.figure_check import figure_violations
from allocation.ledger.core.finding import find_plan
from allocation.ledger.core.key_check import (
    id_violations,
    is_id,
    is_key,
    key_violations,
    named_twice,
)
from allocation.ledger.core.outcome import Refused
from allocation.ledger.core.replacing import give_back, set_aside
from allocation.ledger.core.scanning import serial_violations
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.core.waiting import (
    check_waiting,
    counters_of,
    pool_rows,
    supply_of,
    wait_violations,
    waiting_rows,
)
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import InsufficientStockError, PlanIdTakenError, Shortage
from allocation.ledger.hold import HeldPlan, HeldRow, HoldRow
from allocation.ledger.level import MOST_INCREMENTS, Buckets, LevelKey
from allocation.ledger.refusal import refusal
from allocation.ledger.replies import PlanReply
from allocation.ledger.states import HoldState, Step
from routing.counters import is_counter_item
from routing.errors import Violation


def hold(tx: Transaction, command: Hold) -> PlanReply | Refused:
    """Hold every row, or raise `InsufficientStockError` with every shortage.

    The check is made here, at write time, on the sum over all rows of a level: what
    planning saw may be out of date.
    """
    _check(command)
    if tx.plan(command.plan_id) is not None:
        raise PlanIdTakenError(command.plan_id)
    replaced = _replaced(tx, command)
    wanted = _sums(command.rows)
    counters = {counter_key(take) for take in command.capacity} | counters_of(command.waiting)
    due = {plan.plan_id: plan for plan in tx.due_plans_on([*wanted, *counters], command.now)}
    due.update((plan.plan_id, plan) for plan in replaced if plan.is_due(command.now))
    book = Book(tx, command.now, command.request_id)
    supply = supply_of(command.waiting)
    book.open([*wanted, *counters, *supply, *keys_of(due.values()), *keys_of(replaced)])
    for plan_id in sorted(due):
        due[plan_id] = write_expiry(tx, book, due[plan_id])
    begins = HoldState.HELD
    for plan in replaced:
        begins, error = give_back(tx, book, due.get(plan.plan_id, plan), command)
        if error is not None:
            book.post()
            return Refused(refusal(plan, error))
    if command.replaced is not None:
        set_aside(book, command.replaced)
    shortages = _shortages(book, wanted)
    if shortages:
        raise InsufficientStockError(shortages)
    if counters:
        book.create(counters)
        check_room(book, command.capacity)
        check_waiting(book, command.waiting)
    return PlanReply(_write(tx, book, command, begins))


def _replaced(tx: Transaction, command: Hold) -> tuple[HeldPlan, ...]:
    if command.replaced is None:
        return ()
    plan = find_plan(tx, command.replaced.plan_id, command.replaced.if_revision)
    keys = set(keys_of([plan]))
    unknown = [
        Violation(f"short[{index}]", f"plan {plan.plan_id!r} does not hold {key}")
        for index, (key, _) in enumerate(command.replaced.short)
        if key not in keys
    ]
    if unknown:
        raise InvalidRequestError(unknown)
    return (plan,)


def _write(tx: Transaction, book: Book, command: Hold, begins: HoldState) -> HeldPlan:
    wanted = tuple(
        HeldRow(one.line_id, one.part, one.key, one.quantity, serials=one.serials)
        for one in command.rows
    )
    days = (HeldRow(t.line_id, 0, counter_key(t), t.quantity) for t in command.capacity)
    counted = (*days, *pool_rows(command.waiting))
    wanted = (*wanted, *waiting_rows(command.waiting))
    rows = tuple(_held(book, command.plan_id, row, begins) for row in wanted)
    plan = HeldPlan(
        command.plan_id,
        command.payload,
        rows,
        command.now,
        command.expire_time,
        bare_state=HoldState.HELD if rows else begins,
        counted=tuple(_held(book, command.plan_id, row, begins) for row in counted),
    )
    tx.add_plan(plan)
    if command.decision:
        tx.add_decision(command.plan_id, command.now, command.decision)
    book.post()
    return plan


def _held(book: Book, plan_id: str, row: HeldRow, begins: HoldState) -> HeldRow:
    book.change(
        row.key,
        ChangeReason.HOLD,
        Buckets(held=row.quantity),
        plan_id=plan_id,
        line_id=row.line_id,
    )
    return EFFECTS[Step.COMMIT](book, plan_id, row, "") if begins is HoldState.COMMITTED else row


def _sums(rows: tuple[HoldRow, ...]) -> dict[LevelKey, int]:
    sums: dict[LevelKey, int] = {}
    for row in sorted(rows, key=lambda row: row.key.order):
        sums[row.key] = sums.get(row.key, 0) + row.quantity
    return sums


def _shortages(book: Book, wanted: Mapping[LevelKey, int]) -> tuple[Shortage, ...]:
    found = []
    for key, quantity in wanted.items():
        level = book.find(key)
        available = 0 if level is None else level.available
        if quantity > available:
            found.append(Shortage(key, quantity, max(0, available)))
    return tuple(found)


def _check(command: Hold) -> None:
    found: list[Violation] = []
    found.extend(id_violations("plan_id", command.plan_id))
    if command.expire_time <= command.now:
        found.append(Violation("expire_time", "is not after now; let the hold last a while"))
    names = set()
    for index, row in enumerate(command.rows):
        name = (row.line_id, row.part, row.key)
        if name not in names and _is_plain(row):
            # Nearly every row.
            names.add(name)
            continue
        path = f"rows[{index}]"
        if name in names:
            found.append(named_twice(path, f"line {row.line_id} part {row.part}: {row.key}"))
        names.add(name)
        found += figure_violations(f"{path}.quantity", row.quantity)
        found += [v.under(path) for v in serial_violations("serials", row.serials, row.quantity)]
        texts = [*id_violations("line_id", row.line_id), *key_violations(row.key)]
        found.extend(violation.under(path) for violation in texts)
    found += _short_violations(command)
    found += take_violations(command.capacity)
    found += wait_violations(command.waiting)
    if found:
        raise InvalidRequestError(found)


def _is_plain(row: HoldRow) -> bool:
    """Say whether nothing can be wrong with a row by itself."""
    return (
        1 <= row.quantity <= MOST_INCREMENTS
        and not row.serials
        and is_id(row.line_id)
        and is_key(row.key)
        and not is_counter_item(row.key.item_id)
    )


def _short_violations(command: Hold) -> list[Violation]:
    short = command.replaced.short if command.replaced is not None else ()
    return [
        violation
        for index, (_, quantity) in enumerate(short)
        for violation in figure_violations(f"short[{index}]", quantity)
    ]
