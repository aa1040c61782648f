"""What a store has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from allocation.ledger.api import Ledger


@dataclass(frozen=True, slots=True)
class Store:
    """One place for everything that is kept; its parts share a database.

    Attributes
    ----------
    kind
        ``"memory"``, ``"sqlite"`` or ``"postgresql"``.
    ledger
        Levels, holds and plans.
    close
        Finishes the writes that were asked for and lets go of everything. Repeatable.
    """

    kind: str
    ledger: Ledger
    close: Callable[[], None]
