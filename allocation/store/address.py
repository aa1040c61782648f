"""Addresses of stores: what can be said of them without loading what opens them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from routing.errors import Violation

MEMORY: Final = "memory"

SCHEMES: Final = (MEMORY, "sqlite", "postgresql", "postgres")


def address_problem(address: str) -> Violation | None:
    """Return what is wrong with an address; ``None`` if it can be tried."""
    if scheme_of(address) not in SCHEMES:
        # Without what follows the scheme: that may hold a password.
        known = "memory, sqlite:///path/to/file or postgresql://user@host/database"
        return Violation("store", f"starts with {scheme_of(address)[:20]!r}; give {known}")
    if scheme_of(address) == "sqlite" and not sqlite_path(address).name:
        return Violation("store", f"is {address!r}; name a file: sqlite:///path/to/file")
    return None


def scheme_of(address: str) -> str:
    """Return what stands before the colon."""
    return address.partition(":")[0]


def sqlite_path(address: str) -> Path:
    """Return the file of a SQLite store."""
    path = address.removeprefix("sqlite:").removeprefix("//")
    # Some write four slashes; two at the beginning mean something of their own to POSIX.
    return Path("/" + path.lstrip("/") if path.startswith("//") else path)
