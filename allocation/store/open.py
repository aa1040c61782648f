"""From a store's address to the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from allocation.ledger.errors import LedgerUnavailableError
from allocation.store.api import Store
from allocation.store.memory import memory_store
from routing.errors import InvalidInputError, Violation

MEMORY: Final = "memory"


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


def address_problem(address: str) -> Violation | None:
    """Return what is wrong with an address; ``None`` if it can be tried."""
    if scheme_of(address) not in _OPENERS:
        # Without what follows the scheme: that may hold a password.
        known = "memory, sqlite:///path/to/file or postgresql://user@host/database"
        return Violation("store", f"starts with {scheme_of(address)[:20]!r}; give {known}")
    if scheme_of(address) == "sqlite" and not sqlite_path(address).name:
        return Violation("store", f"is {address!r}; name a file: sqlite:///path/to/file")
    return None


def scheme_of(address: str) -> str:
    """Return what stands before the colon."""
    return address.partition(":")[0]


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


def sqlite_path(address: str) -> Path:
    """Return the file of a SQLite store."""
    return Path(address.removeprefix("sqlite:").removeprefix("//"))


_OPENERS: Final[Mapping[str, Callable[[str], Store]]] = MappingProxyType(
    {MEMORY: _memory, "sqlite": _sqlite, "postgresql": _postgres, "postgres": _postgres}
)
"""By scheme."""
