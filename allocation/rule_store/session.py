"""What the store needs of a database, inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

NO_NUMBER: Final = 2**62
"""Greater than every number."""


@dataclass(frozen=True, slots=True)
class RuleSetRow:
    """A row of the table ``rule_set``; `create_us` is microseconds since 1970."""

    number: int
    revision: str
    text: str
    author: str
    comment: str
    create_us: int


@dataclass(frozen=True, slots=True)
class ActivationRow:
    """A row of the table ``rule_activation``; `time_us` is microseconds since 1970."""

    number: int
    revision: str
    author: str
    comment: str
    time_us: int


class Session(Protocol):
    """Reads and adds rows. Nothing is ever changed or deleted.

    Adding a row whose number is taken fails, so that of two transactions that add at the
    same time one is refused, or made to run again.
    """

    def rule_set(self, revision: str) -> RuleSetRow | None:
        """Return a revision, ``None`` if there is none."""
        ...

    def newest(self, before: int, limit: int) -> Sequence[RuleSetRow]:
        """Return revisions with numbers below `before`, newest first, without their texts."""
        ...

    def last_number(self) -> int:
        """Return the number of the newest revision, 0 if there is none."""
        ...

    def add_rule_set(self, row: RuleSetRow) -> None:
        """Add a revision."""
        ...

    def last_activation(self) -> ActivationRow | None:
        """Return the activation that decides."""
        ...

    def last_activation_of(self, revision: str) -> ActivationRow | None:
        """Return the latest activation of a revision."""
        ...

    def activations(self, before: int, limit: int) -> Sequence[ActivationRow]:
        """Return activations with numbers below `before`, newest first."""
        ...

    def add_activation(self, row: ActivationRow) -> None:
        """Add an activation."""
        ...
