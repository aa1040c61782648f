"""A store in memory: gone with the process."""

from __future__ import annotations

from allocation.ledger.memory import MemoryLedger
from allocation.rule_store.memory import MemoryRuleStore
from allocation.store.api import Store


def memory_store() -> Store:
    """Return an empty store."""
    ledger = MemoryLedger()
    return Store(kind="memory", ledger=ledger, rules=MemoryRuleStore(), close=ledger.close)
