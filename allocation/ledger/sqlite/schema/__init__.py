"""The tables, and how an older database becomes a current one.

A migration is never edited once released: a change is a file of its own and a further item
at the end of the table below, which all parts of the store share.
"""

from __future__ import annotations

from typing import Final

from allocation.ledger.sqlite.schema.append_only import APPEND_ONLY
from allocation.ledger.sqlite.schema.decisions import DECISIONS
from allocation.ledger.sqlite.schema.fewer_indexes import FEWER_INDEXES
from allocation.ledger.sqlite.schema.levels import TABLES
from allocation.ledger.sqlite.schema.network import NETWORK
from allocation.ledger.sqlite.schema.plan_changes import PLAN_CHANGES
from allocation.ledger.sqlite.schema.retention import RETENTION
from allocation.ledger.sqlite.schema.rule_sets import RULE_SETS
from allocation.ledger.sqlite.schema.serial_places import SERIAL_PLACES
from allocation.ledger.sqlite.schema.serials import SERIALS
from allocation.ledger.sqlite.schema.successors import SUCCESSORS
from allocation.ledger.sqlite.schema.waiting import WAITING

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
    FEWER_INDEXES,
)
"""What leads from version `n` to `n + 1`: statements, run in their order."""
