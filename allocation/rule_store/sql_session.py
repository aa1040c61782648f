"""The store's statements, for any database with placeholders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import Any, Final, Protocol

from allocation.rule_store.session import NO_NUMBER, ActivationRow, RuleSetRow

RULE_SET: Final = """
SELECT number, revision, text, author, comment, create_us FROM rule_set WHERE revision = ?
"""
NEWEST: Final = """
SELECT number, revision, '', author, comment, create_us FROM rule_set
WHERE number < ? ORDER BY number DESC LIMIT ?
"""
LAST_NUMBER: Final = "SELECT coalesce(max(number), 0) FROM rule_set"
ADD_RULE_SET: Final = """
INSERT INTO rule_set (number, revision, text, author, comment, create_us)
VALUES (?, ?, ?, ?, ?, ?)
"""
ACTIVATIONS: Final = """
SELECT number, revision, author, comment, time_us FROM rule_activation
WHERE number < ? ORDER BY number DESC LIMIT ?
"""
LAST_ACTIVATION_OF: Final = """
SELECT number, revision, author, comment, time_us FROM rule_activation
WHERE revision = ? ORDER BY number DESC LIMIT 1
"""
ADD_ACTIVATION: Final = """
INSERT INTO rule_activation (number, revision, author, comment, time_us) VALUES (?, ?, ?, ?, ?)
"""


class Cursor(Protocol):
    """What a statement found."""

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the rows."""
        ...


class Connection(Protocol):
    """A connection inside a transaction."""

    def execute(self, statement: str, values: Sequence[Any], /) -> Cursor:
        """Run a statement."""
        ...


class SqlSession:
    """Implements `Session`.

    Parameters
    ----------
    connection
        Inside a transaction.
    placeholder
        What stands for a value in a statement: ``?`` or ``%s``.
    """

    def __init__(self, connection: Connection, placeholder: str) -> None:
        self._connection = connection
        self._placeholder = placeholder

    def rule_set(self, revision: str) -> RuleSetRow | None:
        """See `Session.rule_set`."""
        return next((RuleSetRow(*row) for row in self._run(RULE_SET, revision)), None)

    def newest(self, before: int, limit: int) -> Sequence[RuleSetRow]:
        """See `Session.newest`."""
        return [RuleSetRow(*row) for row in self._run(NEWEST, before, limit)]

    def last_number(self) -> int:
        """See `Session.last_number`."""
        return next(int(number) for (number,) in self._run(LAST_NUMBER))

    def add_rule_set(self, row: RuleSetRow) -> None:
        """See `Session.add_rule_set`."""
        self._run(ADD_RULE_SET, *astuple(row))

    def last_activation(self) -> ActivationRow | None:
        """See `Session.last_activation`."""
        return next(iter(self.activations(NO_NUMBER, 1)), None)

    def last_activation_of(self, revision: str) -> ActivationRow | None:
        """See `Session.last_activation_of`."""
        return next((ActivationRow(*row) for row in self._run(LAST_ACTIVATION_OF, revision)), None)

    def activations(self, before: int, limit: int) -> Sequence[ActivationRow]:
        """See `Session.activations`."""
        return [ActivationRow(*row) for row in self._run(ACTIVATIONS, before, limit)]

    def add_activation(self, row: ActivationRow) -> None:
        """See `Session.add_activation`."""
        self._run(ADD_ACTIVATION, *astuple(row))

    def _run(self, statement: str, *values: Any) -> Cursor:
        return self._connection.execute(statement.replace("?", self._placeholder), values)
