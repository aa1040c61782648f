"""Remembered answers as text, for the stores that keep them on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from allocation.ledger.feed import RowError
from allocation.ledger.hold import HeldPlan
from allocation.ledger.instants import from_us, to_us
from allocation.ledger.replies import (
    AdjustReply,
    FeedReply,
    PlanReply,
    RecallReply,
    Reply,
    SweepReply,
)
from allocation.ledger.rows import (
    Row,
    key_from,
    key_values,
    level_from,
    level_values,
    plan_from,
    plan_row_values,
    plan_values,
)
from allocation.ledger.waiting import Allotted, Settled, Slipped

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode

PayloadOf = Callable[[str], bytes]


RowsOf = Callable[[HeldPlan], Sequence[Row]]


def answer_text(reply: Reply, rows_of: RowsOf = plan_row_values) -> str:
    """Return a reply as text, without its version and a plan's payload.

    `rows_of` returns what `rows.plan_row_values` does.
    """
    if isinstance(reply, PlanReply):
        plan_id, _, *rest = plan_values(reply.plan)
        replaced = [reply.plan.replaced_by] if reply.plan.replaced_by else []
        content: Any = [plan_id, [*rest, *replaced], rows_of(reply.plan)]
    elif isinstance(reply, FeedReply):
        errors = [[error.row, error.path, error.message] for error in reply.errors]
        content = [reply.accepted_rows, errors, *_settled_values(reply.settled)]
    elif isinstance(reply, AdjustReply):
        settled = _settled_values(reply.settled)
        levels = [level_values(level) for level in reply.levels]
        content = {"levels": levels, "settled": settled} if settled else levels
    elif isinstance(reply, RecallReply):
        content = [[level_values(level) for level in reply.levels], list(reply.plan_ids)]
    else:
        content = [list(reply.expired), reply.more, *_settled_values(reply.settled)]
    return _encode([type(reply).__name__, content])


def answer_from(text: str, version: int, payload_of: PayloadOf) -> Reply:
    """Return the reply; `payload_of` finds the payload of a plan by its id."""
    name, content = json.loads(text)
    return _READERS[name](content, version, payload_of)


def _plan(content: Any, version: int, payload_of: PayloadOf) -> Reply:
    plan_id, rest, rows = content
    return PlanReply(plan_from([plan_id, payload_of(plan_id), *rest], rows), version)


def _feed(content: Any, version: int, payload_of: PayloadOf) -> Reply:
    del payload_of
    accepted, errors, *settled = content
    refused = tuple(RowError(*error) for error in errors)
    return FeedReply(accepted, refused, _settled_from(settled), version)


def _adjust(content: Any, version: int, payload_of: PayloadOf) -> Reply:
    del payload_of
    told = content if isinstance(content, dict) else {"levels": content, "settled": []}
    levels = tuple(level_from(row) for row in told["levels"])
    return AdjustReply(levels, _settled_from(told["settled"]), version)


def _recall(content: Any, version: int, payload_of: PayloadOf) -> Reply:
    del payload_of
    levels, plan_ids = content
    return RecallReply(tuple(level_from(row) for row in levels), tuple(plan_ids), version)


def _sweep(content: Any, version: int, payload_of: PayloadOf) -> Reply:
    del payload_of
    expired, more, *settled = content
    return SweepReply(tuple(expired), more, _settled_from(settled), version)


def _settled_values(settled: Settled) -> list[Any]:
    """Return nothing where nobody waited, which is nearly always."""
    if not settled.allotted and not settled.slipped:
        return []
    allotted = [[one[0], one[1], *key_values(one.key), one.quantity] for one in settled.allotted]
    slipped = [[*one[:5], *map(_us, one[5:])] for one in settled.slipped]
    return [[allotted, slipped]]


def _settled_from(content: list[Any]) -> Settled:
    if not content:
        return Settled()
    [(allotted, slipped)] = content
    return Settled(
        tuple(Allotted(one[0], one[1], key_from(*one[2:5]), one[5]) for one in allotted),
        tuple(Slipped(*one[:5], *map(_time, one[5:])) for one in slipped),
    )


def _us(time: datetime | None) -> int | None:
    return None if time is None else to_us(time)


def _time(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else from_us(microseconds)


_READERS: Final[Mapping[str, Callable[[Any, int, PayloadOf], Reply]]] = MappingProxyType(
    {
        PlanReply.__name__: _plan,
        FeedReply.__name__: _feed,
        AdjustReply.__name__: _adjust,
        SweepReply.__name__: _sweep,
        RecallReply.__name__: _recall,
    }
)
