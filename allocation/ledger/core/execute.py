"""Running one write inside a transaction, once per request id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import (
    Adjust,
    ClearLevels,
    Command,
    Compensate,
    Hold,
    Recall,
    SetLevels,
    Sweep,
    TakeStep,
)
from allocation.ledger.core.adjusting import adjust
from allocation.ledger.core.auditing import compensate
from allocation.ledger.core.claiming import settle_serials
from allocation.ledger.core.feeding import clear_levels, set_levels
from allocation.ledger.core.holding import hold
from allocation.ledger.core.key_check import MOST_CHARACTERS, is_id, text_violations
from allocation.ledger.core.outcome import Refused
from allocation.ledger.core.recalling import recall
from allocation.ledger.core.stepping import take_step
from allocation.ledger.core.sweeping import sweep
from allocation.ledger.core.transaction import StoredAnswer, Transaction
from allocation.ledger.errors import RequestIdReusedError
from allocation.ledger.replies import AuditReport, Reply

Outcome = Reply | AuditReport | Refused

OPERATIONS: Final[Mapping[type[Command], Callable[[Transaction, Any], Outcome]]] = MappingProxyType(
    {
        Hold: hold,
        TakeStep: take_step,
        SetLevels: set_levels,
        ClearLevels: clear_levels,
        Adjust: adjust,
        Sweep: sweep,
        Recall: recall,
        Compensate: compensate,
    }
)


def execute(tx: Transaction, command: Command) -> Outcome:
    """Run `command`, or return the first answer to the same request.

    Only answers are remembered, not refusals: a refused write changed nothing that the
    caller asked for, and may be tried again under the same id.

    Raises
    ------
    EngineError
        The write is refused; the store undoes what the transaction did.
    """
    if not command.request_id:
        return _run(tx, command)
    if not is_id(command.request_id):
        found = text_violations("request_id", command.request_id, MOST_CHARACTERS)
        raise InvalidRequestError(found)
    fingerprint = command.fingerprint()
    first = tx.answer(command.request_id)
    if first is not None:
        return first_reply(command.request_id, fingerprint, first)
    outcome = _run(tx, command)
    if not isinstance(outcome, Refused | AuditReport):
        tx.remember(command.request_id, command.now, StoredAnswer(fingerprint, outcome))
    return outcome


def _run(tx: Transaction, command: Command) -> Outcome:
    outcome: Outcome = OPERATIONS[type(command)](tx, command)
    settle_serials(tx, command.now)
    return outcome


def first_reply(request_id: str, fingerprint: bytes, first: StoredAnswer) -> Reply:
    """Return the first answer, if it was to the same content.

    Raises
    ------
    RequestIdReusedError
        It was not.
    """
    if first.fingerprint != fingerprint:
        raise RequestIdReusedError(request_id)
    return replace(first.reply, replayed=True)
