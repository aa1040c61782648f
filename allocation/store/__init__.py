"""Everything that outlives a process, in one store: the ledger and what is kept beside it."""
