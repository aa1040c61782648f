"""Levels as the one thread that writes left or found them, so that it need not read them again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from allocation.ledger.level import Level, LevelKey

MOST_KNOWN: Final = 16_384
"""Levels that are remembered, of about 500 bytes each; then all are let go of."""


class KnownLevels:
    """What levels are, for as long as nobody else writes; to be used by one thread.

    Whoever undoes a write, or finds that another connection has written, has to `forget`.
    """

    def __init__(self) -> None:
        self._levels: dict[LevelKey, Level] = {}

    def find(self, keys: Iterable[LevelKey]) -> tuple[dict[LevelKey, Level], list[LevelKey]]:
        """Return levels that are known, and the keys of the others."""
        known: dict[LevelKey, Level] = {}
        others: list[LevelKey] = []
        levels = self._levels
        for key in keys:
            level = levels.get(key)
            if level is None:
                others.append(key)
            else:
                known[key] = level
        return known, others

    def keep(self, levels: Iterable[tuple[LevelKey, Level]]) -> None:
        """Remember levels as they are in the transaction that is open."""
        self._levels.update(levels)
        if len(self._levels) > MOST_KNOWN:
            self._levels.clear()

    def forget(self) -> None:
        """Know nothing."""
        self._levels.clear()


class WritingConnection(sqlite3.Connection):
    """The connection of the thread that writes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.levels: Final = KnownLevels()


def known_to(connection: sqlite3.Connection) -> KnownLevels:
    """Return what a connection remembers, which is nothing for any but the writer's."""
    return connection.levels if isinstance(connection, WritingConnection) else KnownLevels()
