"""Everything that outlives a process, in one store: the ledger and what is kept beside it."""

from allocation.store.api import Store
from allocation.store.open import open_store

__all__ = ["Store", "open_store"]
