"""Many writes in one transaction: read together, decided one by one, written together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from allocation.errors import EngineError
from allocation.ledger.commands import Command, Hold, TakeStep
from allocation.ledger.core.batch_store import BatchStore, RemoteStore, Wanted
from allocation.ledger.core.batch_transaction import BatchTransaction
from allocation.ledger.core.capacity import counter_key
from allocation.ledger.core.execute import Outcome, execute, first_reply
from allocation.ledger.core.jobs import RunOn, here, run_and_return
from allocation.ledger.core.key_check import is_id, is_key
from allocation.ledger.core.outcome import Refused
from allocation.ledger.core.shared import Shared, StoreNeededError
from allocation.ledger.core.transaction import StoredAnswer
from allocation.ledger.core.waiting import counters_of, supply_of
from allocation.ledger.replies import AuditReport, PlanReply, Reply

SHARING = (Hold, TakeStep)
"""Commands that can share a transaction with others; the rest read too widely for that."""

_order_of = attrgetter("order")

Answer = Reply | AuditReport | EngineError

Done = tuple[int | None, Outcome | EngineError]
"""The place of a write, if it left anything, and what came of it."""


def run_batch(store: BatchStore, commands: Sequence[Command], run_on: RunOn = here) -> list[Answer]:
    """Run commands of kinds in `SHARING` one after the other, each all or nothing.

    What is read and written of the store is read and written for all of them together. A
    command that is refused leaves no trace, and the others are as if it had never been.

    Parameters
    ----------
    run_on
        Where they are decided, once what they need has been read.
    """
    shared = Shared(store)
    _read_ahead(shared, commands)
    return run_and_return(run_on, lambda: _decide(shared, commands))


def _decide(shared: Shared, commands: Sequence[Command]) -> list[Answer]:
    done = [_run(shared, command) for command in commands]
    done = _with_late_answers(shared.store, commands, done)
    versions = () if shared.is_empty else shared.write(_latest(commands))
    return [_answer(versions, place, outcome) for place, outcome in done]


def run_remote_batch(
    store: RemoteStore, commands: Sequence[Command], run_on: RunOn = here
) -> list[Answer]:
    """Do what `run_batch` does, with a store that nobody may have to wait for in `run_on`.

    Commands are decided there if what was read ahead is all that they need; if they need more,
    here.
    """
    shared = Shared(store)
    _read_ahead(shared, commands)
    try:
        done, write = run_and_return(run_on, lambda: _decide_apart(store, shared, commands))
    except StoreNeededError:
        return run_batch(store, commands)
    done = _with_late_answers(store, commands, done)
    versions = write()
    return [_answer(versions, place, outcome) for place, outcome in done]


def _decide_apart(
    store: RemoteStore, shared: Shared, commands: Sequence[Command]
) -> tuple[list[Done], Callable[[], Sequence[int]]]:
    """Return what came of commands, and what writes it."""
    shared.is_apart = True
    done = [_run(shared, command) for command in commands]
    if shared.is_empty:
        return done, tuple
    return done, store.ready(shared.writes(_latest(commands)))


def run_alone(store: BatchStore, command: Command) -> Answer:
    """Run a command of any kind.

    Raises
    ------
    EngineError
        It is refused, and the transaction has to be undone.
    """
    shared = Shared(store)
    ((place, outcome),) = _with_late_answers(store, [command], [_run(shared, command)])
    if isinstance(outcome, EngineError):
        raise outcome
    return _answer(shared.write(command.now), place, outcome)


def _latest(commands: Sequence[Command]) -> datetime:
    return max(one.now for one in commands)


def _read_ahead(shared: Shared, commands: Sequence[Command]) -> None:
    """Read what the commands will ask for, in the order in which locks are taken."""
    holds = [command for command in commands if isinstance(command, Hold)]
    keys = {row.key for hold in holds for row in hold.rows if is_key(row.key)}
    keys |= {
        counter_key(take) for hold in holds for take in hold.capacity if is_id(take.location_id)
    }
    waiting = [row for hold in holds for row in hold.waiting]
    keys |= {key for key in counters_of(waiting) | supply_of(waiting) if is_key(key)}
    in_order = sorted(keys, key=_order_of)
    shared.read(
        Wanted(
            sorted({one.request_id for one in commands if is_id(one.request_id)}),
            sorted({plan_id for one in commands for plan_id in _plan_ids(one)}),
            in_order,
            max((hold.now for hold in holds), default=commands[0].now),
            # New plans have no levels but those that they name.
            in_order if all(hold.replaced is None for hold in holds) else (),
        )
    )
    shared.read_levels(sorted(keys | shared.keys_of_plans(), key=_order_of))


def _plan_ids(command: Command) -> Iterator[str]:
    if isinstance(command, Hold | TakeStep) and is_id(command.plan_id):
        yield command.plan_id
    replaced = command.replaced if isinstance(command, Hold) else None
    if replaced is not None and is_id(replaced.plan_id):
        yield replaced.plan_id


def _run(shared: Shared, command: Command) -> Done:
    """Return the place of the write, if it left anything, and what came of it."""
    tx = BatchTransaction(shared)
    try:
        outcome = execute(tx, command)
    except EngineError as error:
        return None, error
    if isinstance(outcome, AuditReport | Refused) or not outcome.replayed:
        return tx.keep(), outcome
    return shared.place_of(command.request_id), outcome


def _with_late_answers(
    store: BatchStore, commands: Sequence[Command], done: Sequence[Done]
) -> list[Done]:
    """Return what came of commands, with first answers in the place of refusals.

    A request may have been answered elsewhere since it was looked for: then it is this
    request itself that took the stock, or the plan's id.
    """
    refused = {
        command.request_id
        for command, (_, outcome) in zip(commands, done, strict=True)
        if isinstance(outcome, EngineError | Refused) and is_id(command.request_id)
    }
    first = store.find(Wanted(request_ids=sorted(refused))).answers if refused else {}
    if not first:
        return list(done)
    return [
        (None, _late_answer(command, first[command.request_id]))
        if command.request_id in first and isinstance(outcome, EngineError | Refused)
        else (place, outcome)
        for command, (place, outcome) in zip(commands, done, strict=True)
    ]


def _late_answer(command: Command, first: StoredAnswer) -> Outcome | EngineError:
    try:
        return first_reply(command.request_id, command.fingerprint(), first)
    except EngineError as error:
        return error


def _answer(versions: Sequence[int], place: int | None, outcome: Outcome | EngineError) -> Answer:
    if isinstance(outcome, Refused):
        return outcome.error
    if place is None or isinstance(outcome, EngineError | AuditReport):
        return outcome
    version = versions[place]
    if isinstance(outcome, PlanReply):
        return PlanReply(outcome.plan, version, outcome.replayed)
    return replace(outcome, version=version)
