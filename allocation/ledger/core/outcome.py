"""What can come of a write besides an answer or an error."""

from __future__ import annotations

from dataclasses import dataclass

from allocation.ledger.errors import LedgerPlanError


@dataclass(frozen=True, slots=True)
class Refused:
    """The write is refused, but what it wrote until then (an expiry) stays."""

    error: LedgerPlanError
