"""Whether this program can use a database."""

from __future__ import annotations

from allocation.ledger.errors import LedgerSchemaError


def refuse_newer(schema: int, *, known: int) -> None:
    """Raise `LedgerSchemaError` if the database is of a schema beyond what is `known`."""
    if schema > known:
        raise LedgerSchemaError(
            f"the ledger's database has schema {schema}, this program knows up to {known}; "
            "use a newer version of the program",
            {"schema": str(schema), "known": str(known)},
        )
