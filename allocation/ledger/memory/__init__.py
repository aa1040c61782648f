"""The ledger in memory: the reference for the others, and enough for a demonstration."""

from allocation.ledger.memory.ledger import MemoryLedger

__all__ = ["MemoryLedger"]
