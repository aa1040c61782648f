"""What a store has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from allocation.ledger.api import Ledger
from allocation.ledger.decisions import Decisions
from allocation.ledger.network_rows import NetworkLog
from allocation.ledger.retention import Retention
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
    decisions
        What plans came about from.
    network
        Versions of locations, items and rate cards.
    rules
        Rule sets, and which one decides.
    retention
        Lets go of what is old; ``None``: the store ends with its process.
    close
        Finishes the writes that were asked for and lets go of everything. Repeatable.
    """

    kind: str
    ledger: Ledger
    decisions: Decisions
    network: NetworkLog
    rules: RuleStore
    retention: Retention | None
    close: Callable[[], None]
