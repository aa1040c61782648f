"""Revisions and activations as tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from google.protobuf.timestamp_pb2 import Timestamp
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from allocation.v1.rule_service_pb2 import RuleActivation
from routing.v1.rule_set_pb2 import RuleSetRevision, RuleSetState


def rule_table(rule_sets: Iterable[RuleSetRevision]) -> Table:
    """Return revisions with their states."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("Revision", "State", "Put", "By", "Why", "Last active from"):
        table.add_column(heading)
    for each in rule_sets:
        active = time_text(each.activate_time) if each.HasField("activate_time") else "-"
        cells = (
            each.revision,
            state_word(each),
            time_text(each.create_time),
            each.author,
            each.comment,
            active,
        )
        table.add_row(*map(Text, cells))
    return table


def activation_table(activations: Iterable[RuleActivation]) -> Table:
    """Return activations with who did them and why."""
    table = Table(box=SIMPLE_HEAD)
    for heading in ("Active from", "Revision", "By", "Why"):
        table.add_column(heading)
    for each in activations:
        cells = (time_text(each.activate_time), each.revision, each.author, each.comment)
        table.add_row(*map(Text, cells))
    return table


def state_word(rule_set: RuleSetRevision) -> str:
    """Return ``"draft"``, ``"active"`` or ``"retired"``."""
    return RuleSetState.Name(rule_set.state).removeprefix("RULE_SET_STATE_").lower()


def time_text(stamp: Timestamp) -> str:
    """Return a time to the second, in UTC."""
    return f"{stamp.ToDatetime(tzinfo=UTC):%Y-%m-%d %H:%M:%S}Z"
