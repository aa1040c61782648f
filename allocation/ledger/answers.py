"""Remembered answers as text, for the stores that keep them on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from allocation.ledger.feed import RowError
from allocation.ledger.replies import AdjustReply, FeedReply, PlanReply, Reply, SweepReply
from allocation.ledger.rows import (
    level_from,
    level_values,
    plan_from,
    plan_row_values,
    plan_values,
)

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode

PayloadOf = Callable[[str], bytes]


def answer_text(reply: Reply) -> str:
    """Return a reply as text, without its version and a plan's payload."""
    if isinstance(reply, PlanReply):
        plan_id, _, *rest = plan_values(reply.plan)
        content: Any = [plan_id, rest, plan_row_values(reply.plan)]
    elif isinstance(reply, FeedReply):
        errors = [[error.row, error.path, error.message] for error in reply.errors]
        content = [reply.accepted_rows, errors]
    elif isinstance(reply, AdjustReply):
        content = [level_values(level) for level in reply.levels]
    else:
        content = [list(reply.expired), reply.more]
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
    accepted, errors = content
    return FeedReply(accepted, tuple(RowError(*error) for error in errors), version)


def _adjust(content: Any, version: int, payload_of: PayloadOf) -> Reply:
    del payload_of
    return AdjustReply(tuple(level_from(row) for row in content), version)


def _sweep(content: Any, version: int, payload_of: PayloadOf) -> Reply:
    del payload_of
    expired, more = content
    return SweepReply(tuple(expired), more, version)


_READERS: Final[Mapping[str, Callable[[Any, int, PayloadOf], Reply]]] = MappingProxyType(
    {
        PlanReply.__name__: _plan,
        FeedReply.__name__: _feed,
        AdjustReply.__name__: _adjust,
        SweepReply.__name__: _sweep,
    }
)
