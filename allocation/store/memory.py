"""A store in memory: gone with the process."""

from __future__ import annotations

from allocation.ledger.memory import MemoryLedger
from allocation.ledger.memory.decisions import MemoryDecisions
from allocation.ledger.memory.network_log import MemoryNetworkLog
from allocation.ledger.memory.state import State
from allocation.rule_store.memory import MemoryRuleStore
from allocation.store.api import Store


def memory_store() -> Store:
    """Return an empty store."""
    state = State()
    ledger = MemoryLedger(state)
    return Store(
        kind="memory",
        ledger=ledger,
        decisions=MemoryDecisions(state),
        network=MemoryNetworkLog(),
        rules=MemoryRuleStore(),
        retention=None,
        close=ledger.close,
    )
