"""The ledger in one SQLite file, for one machine: durable, with many writes per disk flush."""

from allocation.ledger.sqlite.ledger import SqliteLedger

__all__ = ["SqliteLedger"]
