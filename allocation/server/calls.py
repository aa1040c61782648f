"""What is known about the call that is being served, for its log entry."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from allocation.server.security.principal import Principal

CALL_ID_KEY: Final = "x-request-id"
"""Metadata key under which a call's id comes and goes."""


@dataclass(slots=True)
class CallRecord:
    """One call.

    Attributes
    ----------
    id
        The caller's ``x-request-id``, or one made up here.
    reason
        Reason of the error that it ended with; empty if it did not.
    principal
        Who calls; ``None`` until that is known.
    """

    id: str
    reason: str = ""
    principal: Principal | None = None


CURRENT_CALL: Final[ContextVar[CallRecord | None]] = ContextVar("current_call", default=None)


def set_reason(reason: str) -> None:
    """Note the reason of the error that ends the current call."""
    record = CURRENT_CALL.get()
    if record is not None:
        record.reason = reason


def current_call_id() -> str:
    """Return the id of the current call, empty outside of one."""
    record = CURRENT_CALL.get()
    return "" if record is None else record.id


def set_principal(principal: Principal) -> None:
    """Note who the current call comes from."""
    record = CURRENT_CALL.get()
    if record is not None:
        record.principal = principal


def current_principal() -> Principal | None:
    """Return who the current call comes from, ``None`` outside of one."""
    record = CURRENT_CALL.get()
    return None if record is None else record.principal
