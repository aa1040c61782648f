"""One suite that every store of the ledger has to pass.

Subclass `LedgerConformance` in a test module and give it the fixtures ``ledger`` (an empty
ledger) and ``tamper`` (a function of level key and buckets that overwrites a stored level
behind the ledger's back).
"""

from allocation.ledger.conformance.suite import LedgerConformance

__all__ = ["LedgerConformance"]
