"""From a store's address to the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from allocation.ledger.errors import LedgerUnavailableError
from allocation.store.address import MEMORY, address_problem, scheme_of, sqlite_path
from allocation.store.api import Store
from allocation.store.memory import memory_store
from routing.errors import InvalidInputError


def open_store(address: str) -> Store:
    """Open the store at an address.

    Parameters
    ----------
    address
        ``memory``; ``sqlite:///path/to/file`` (absolute) or ``sqlite:file`` (relative to the
        working directory); or ``postgresql://user@host/database``, as libpq takes it.

    Raises
    ------
    InvalidInputError
        It is none of these.
    LedgerUnavailableError
        The store cannot be used, or was written by a newer version of the program.
    """
    problem = address_problem(address)
    if problem is not None:
        raise InvalidInputError([problem])
    return _OPENERS[scheme_of(address)](address)


def _memory(address: str) -> Store:
    del address
    return memory_store()


def _sqlite(address: str) -> Store:
    # Only what is used is imported: a server on SQLite needs no PostgreSQL client.
    from allocation.store.sqlite import sqlite_store  # noqa: PLC0415

    return sqlite_store(sqlite_path(address))


def _postgres(address: str) -> Store:
    try:
        from allocation.store.postgres import postgres_store  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise LedgerUnavailableError(
            f"{error.name} is not installed; install shipfrom[postgres]"
        ) from error
    return postgres_store(address)


_OPENERS: Final[Mapping[str, Callable[[str], Store]]] = MappingProxyType(
    {MEMORY: _memory, "sqlite": _sqlite, "postgresql": _postgres, "postgres": _postgres}
)
"""By scheme."""
