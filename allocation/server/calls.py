"""What is known about the call that is being served: for its log entry, metrics and trace."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from allocation.engine_api import Stage
from allocation.server.security.principal import Principal
from allocation.server.tracing.stage_log import StageLog
from routing.quick import quick

CALL_ID_KEY: Final = "x-request-id"
"""Metadata key under which a call's id comes and goes."""


@dataclass(frozen=True, slots=True)
class BaselineNote:
    """A caller's own choice beside the plan.

    Attributes
    ----------
    rule_set
        That the plan was made under.
    cost_minor
        ``None`` when the choice cannot be priced.
    plan_cost_minor
        Of the plan for the same order.
    """

    rule_set: str
    currency: str
    cost_minor: int | None
    plan_cost_minor: int


@quick
@dataclass(frozen=True, slots=True)
class PlanNote:
    """A plan that was made within a call, in words that logs and metrics may have.

    Attributes
    ----------
    plan_id, request_id
        Ids; the request's may be empty.
    rung, status, limit
        How it was found and what is proven: names of `Rung`, `ProofStatus`, `SolveLimit`.
    gap
        Share of the cost that better plans could save at most, from 0 up.
    shipments
        How many.
    unfilled
        Reason of each line that is not whole.
    stages
        What the engine spent its time on.
    total_s
        Seconds in the engine.
    baseline
        What the caller's own choice came to; ``None`` if none was sent along.
    """

    plan_id: str
    request_id: str
    rung: str
    status: str
    limit: str
    gap: float
    shipments: int
    unfilled: tuple[str, ...]
    stages: tuple[Stage, ...]
    total_s: float
    baseline: BaselineNote | None = None


@dataclass(slots=True)
class CallRecord:
    """One call.

    Attributes
    ----------
    id
        The caller's ``x-request-id``, or one made up here.
    method
        Full method name.
    start_s
        When it came, in monotonic seconds.
    reason
        Reason of the error that it ended with; empty if it did not.
    principal
        Who calls; ``None`` until that is known.
    address
        Where a call comes from that does not prove whose it is ("ipv4:10.0.0.7"); empty of all
        others.
    plans
        Plans made so far; an order may be planned more than once.
    conflicts
        How often others were faster to take the stock of a plan.
    wrong_plan
        Whether it ended because a plan did not stand up to being recomputed.
    geocoding
        How asking a geocoder ended; empty if nobody was asked.
    change
        What an audited method was asked to change.
    span
        Of the trace; ``None`` without one.
    stages
        Where the stages of a traced call are noted; ``None`` if it is not traced.
    """

    id: str
    method: str = ""
    start_s: float = 0.0
    reason: str = ""
    principal: Principal | None = None
    address: str = ""
    plans: list[PlanNote] = field(default_factory=list)
    conflicts: int = 0
    wrong_plan: bool = False
    geocoding: str = ""
    change: dict[str, Any] | None = None
    span: Any = None
    stages: StageLog | None = None


CURRENT_CALL: Final[ContextVar[CallRecord | None]] = ContextVar("current_call", default=None)


def current_call_id() -> str:
    """Return the id of the current call, empty outside of one."""
    record = CURRENT_CALL.get()
    return "" if record is None else record.id


def current_principal() -> Principal | None:
    """Return who the current call comes from, ``None`` outside of one."""
    record = CURRENT_CALL.get()
    return None if record is None else record.principal


def current_call() -> CallRecord | None:
    """Return the call that is being served, ``None`` outside of one."""
    return CURRENT_CALL.get()


def note_conflict() -> None:
    """Note that others were faster to take the stock of the current call's plan."""
    record = CURRENT_CALL.get()
    if record is not None:
        record.conflicts += 1


def note_geocoding(outcome: str) -> None:
    """Note how asking for the coordinates of the current call's destination ended."""
    record = CURRENT_CALL.get()
    if record is not None:
        record.geocoding = outcome


def current_stages() -> StageLog | None:
    """Return where stages of the current call are noted; ``None`` if it is not traced."""
    record = CURRENT_CALL.get()
    return None if record is None else record.stages


_UNTIMED: Final = nullcontext()


def stage(name: str) -> AbstractContextManager[None]:
    """Return what notes how long a block takes, if the current call is traced."""
    log = current_stages()
    return _UNTIMED if log is None else log.timed(name)
