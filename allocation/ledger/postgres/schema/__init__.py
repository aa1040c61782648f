"""The tables, and how an older database becomes a current one.

A migration is never edited once released: a change is a file of its own and a further item
at the end of the table below, which all parts of the store share. Ids sort
by their bytes (collation C), which is also the order in which the program locks them.
"""

from __future__ import annotations

from typing import Final

from allocation.ledger.postgres.schema.append_only import APPEND_ONLY
from allocation.ledger.postgres.schema.decisions import DECISIONS
from allocation.ledger.postgres.schema.levels import TABLES
from allocation.ledger.postgres.schema.network import NETWORK
from allocation.ledger.postgres.schema.plan_changes import PLAN_CHANGES
from allocation.ledger.postgres.schema.retention import RETENTION
from allocation.ledger.postgres.schema.rule_sets import RULE_SETS
from allocation.ledger.postgres.schema.serial_places import SERIAL_PLACES
from allocation.ledger.postgres.schema.serials import SERIALS
from allocation.ledger.postgres.schema.successors import SUCCESSORS
from allocation.ledger.postgres.schema.waiting import WAITING

MIGRATIONS: Final = (
    TABLES,
    APPEND_ONLY,
    RULE_SETS,
    DECISIONS,
    NETWORK,
    SERIALS,
    WAITING,
    RETENTION,
    PLAN_CHANGES,
    SERIAL_PLACES,
    SUCCESSORS,
)
"""What leads from version `n` to `n + 1`: statements, run in their order."""
