"""Statements that every SQL store understands, with ``?`` for values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Cursor(Protocol):
    """What a statement found, or how many rows it changed."""

    @property
    def rowcount(self) -> int:
        """Rows that were changed."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the rows."""
        ...


class Sql(Protocol):
    """Runs statements inside a transaction."""

    def run(self, statement: str, *values: Any) -> Cursor:
        """Run a statement with the values of its parameters."""
        ...

    def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""
        ...


class SqlDatabase(Protocol):
    """A database of either kind; every method may raise `LedgerUnavailableError`."""

    def read_sql(self, work: Callable[[Sql], T]) -> T:
        """Run a read that sees one instant; it may be run several times."""
        ...

    def write_sql(self, work: Callable[[Sql], T], *, repeatable: bool = True) -> T:
        """Run a write, all or nothing, and return its answer once it is durable.

        Parameters
        ----------
        work
            May be run several times.
        repeatable
            Whether running it again does no harm when it took effect before.
        """
        ...

    def submit_sql(self, work: Callable[[Sql], T]) -> Future[T]:
        """Queue a write that can be repeated; the future is done once it is durable."""
        ...
