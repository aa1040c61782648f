"""From a store's address to what can be seen of it without using it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.facts import Limits, StoreFacts
from allocation.store.address import MEMORY, scheme_of, sqlite_path


def examine_store(address: str, limits: Limits) -> StoreFacts | None:
    """Return what is known of the store at an address; ``None`` if it is in memory.

    Nothing is made or changed: a store that does not exist has no tables.

    Raises
    ------
    LedgerUnavailableError
        It cannot be reached, or not be read.
    """
    return _EXAMINERS[scheme_of(address)](address, limits)


def damage_of_store(address: str) -> tuple[str, ...]:
    """Return what is broken in the file of a store; reads all of it.

    Raises
    ------
    LedgerUnavailableError
        It cannot be read at all.
    """
    if scheme_of(address) != "sqlite" or not sqlite_path(address).exists():
        return ()
    from allocation.ledger.sqlite.examine import damage_of  # noqa: PLC0415  # see `open`

    return damage_of(sqlite_path(address))


def _memory(address: str, limits: Limits) -> None:
    del address, limits


def _sqlite(address: str, limits: Limits) -> StoreFacts:
    from allocation.ledger.sqlite.examine import examine_sqlite  # noqa: PLC0415  # see `open`

    return examine_sqlite(sqlite_path(address), limits)


def _postgres(address: str, limits: Limits) -> StoreFacts:
    try:
        from allocation.ledger.postgres.examine import examine_postgres  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise LedgerUnavailableError(
            f"{error.name} is not installed; install shipfrom[postgres]"
        ) from error
    return examine_postgres(address, limits)


_EXAMINERS: Final[Mapping[str, Callable[[str, Limits], StoreFacts | None]]] = MappingProxyType(
    {MEMORY: _memory, "sqlite": _sqlite, "postgresql": _postgres, "postgres": _postgres}
)
"""By scheme."""
