"""When a commitment counts against a level."""

from __future__ import annotations

from datetime import datetime

from allocation.ledger.level import Level, StockOwner


def counts(level: Level, commit_time: datetime) -> bool:
    """Say whether units committed at `commit_time` still lower what is available.

    Where the ledger owns the figures they always do. A mirrored figure that was observed
    at or after the commitment contains the other system's own reservation for it, so
    counting it here too would be twice; before that, not counting it would be zero times.
    The answer depends on the two times alone, not on which of the two arrived first.
    """
    if level.owner is StockOwner.ENGINE or level.observed_time is None:
        return True
    return commit_time > level.observed_time
