"""The ledger in PostgreSQL, for several servers over one database."""

from allocation.ledger.postgres.ledger import PostgresLedger

__all__ = ["PostgresLedger"]
