"""Rule sets in memory, gone with the process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeVar

from allocation.rule_store.session import ActivationRow, RuleSetRow, Session
from allocation.rule_store.store import RuleStore

T = TypeVar("T")


@dataclass(slots=True)
class _MemorySession:
    """The rows, in the order of their numbers."""

    rows: list[RuleSetRow] = field(default_factory=list)
    activated: list[ActivationRow] = field(default_factory=list)

    def rule_set(self, revision: str) -> RuleSetRow | None:
        return next((row for row in self.rows if row.revision == revision), None)

    def newest(self, before: int, limit: int) -> Sequence[RuleSetRow]:
        found = [replace(row, text="") for row in self.rows[::-1] if row.number < before]
        return found[:limit]

    def last_number(self) -> int:
        return len(self.rows)

    def add_rule_set(self, row: RuleSetRow) -> None:
        self.rows.append(row)

    def last_activation(self) -> ActivationRow | None:
        return self.activated[-1] if self.activated else None

    def last_activation_of(self, revision: str) -> ActivationRow | None:
        return next((row for row in self.activated[::-1] if row.revision == revision), None)

    def activations(self, before: int, limit: int) -> Sequence[ActivationRow]:
        return [row for row in self.activated[::-1] if row.number < before][:limit]

    def add_activation(self, row: ActivationRow) -> None:
        self.activated.append(row)


class MemoryRuleStore(RuleStore):
    """Keeps rule sets in lists under one lock."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._session = _MemorySession()

    def _read(self, work: Callable[[Session], T]) -> T:
        with self._lock:
            return work(self._session)

    def _write(self, work: Callable[[Session], T]) -> T:
        return self._read(work)
