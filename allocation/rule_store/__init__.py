"""The rule sets that were put, and which one decides.

A revision never changes and is named by its content. Activations are only ever added; the last
one says which revision decides, so there is always exactly one answer, and rolling back is one
activation more. The tables of SQLite and PostgreSQL are beside the ledger's.
"""

from __future__ import annotations

from allocation.rule_store.store import RuleStore
from allocation.rule_store.stored import Activation, RuleState, StoredRules

__all__ = ["Activation", "RuleState", "RuleStore", "StoredRules"]
