"""What a store has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from allocation.ledger.api import Ledger
from allocation.rule_store import RuleStore


@dataclass(frozen=True, slots=True)
class Store:
    """One place for everything that is kept; its parts share a database.

    Attributes
    ----------
    kind
        ``"memory"``, ``"sqlite"`` or ``"postgresql"``.
    ledger
        Levels, holds and plans.
    rules
        Rule sets, and which one decides.
    close
        Finishes the writes that were asked for and lets go of everything. Repeatable.
    """

    kind: str
    ledger: Ledger
    rules: RuleStore
    close: Callable[[], None]
