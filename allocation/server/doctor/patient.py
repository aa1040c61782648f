"""What is looked at, and the world around it."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from allocation.ledger.facts import StoreFacts
from allocation.server.doctor.probe import Answer, ask_who_listens, ask_who_probes
from allocation.server.environment import utc_now
from allocation.server.settings import ServerSettings

_MEMORY: Final = Path("/proc/meminfo")
_MOUNTS: Final = Path("/proc/mounts")


@dataclass(frozen=True, slots=True)
class Disk:
    """Room on the file system that holds a folder; `kind` is empty where it is not known."""

    free_bytes: int
    free_files: int
    kind: str


def disk_of(folder: Path) -> Disk:
    """Return the room where a folder is, or is going to be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    room = os.statvfs(folder)
    # Some file systems do not count files: they say zero of zero.
    files = room.f_favail if room.f_files else 1 << 40
    return Disk(shutil.disk_usage(folder).free, files, _kind_of(folder.resolve()))


def _kind_of(folder: Path) -> str:
    """Return the kind of file system: that of the longest mount point above the folder."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    fields = [line.split() for line in lines]
    above = [(len(each[1]), each[2]) for each in fields if folder.is_relative_to(each[1])]
    return max(above)[1] if above else ""


def free_memory_bytes() -> int | None:
    """Return what the system could still give out; ``None`` where it does not say."""
    try:
        lines = _MEMORY.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    values = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(values[0]) * 1024 if values else None


def open_file_limit() -> int:
    """Return how many files and connections a process may have open."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def password_file() -> Path | None:
    """Return the file that PostgreSQL's client reads passwords from; ``None`` where none is set."""
    named = os.environ.get("PGPASSFILE")
    return Path(named) if named else None


def may_write(path: Path) -> bool:
    """Return whether this user may write to a file or folder."""
    return os.access(path, os.W_OK)


def installed(name: str) -> str:
    """Return the version of a package; empty if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


@dataclass(frozen=True, slots=True)
class World:
    """What a doctor asks of the machine; tests give other answers.

    Attributes
    ----------
    now
        Wall clock: aware UTC datetimes.
    disk
        Room where a folder is.
    memory_bytes
        What the system could still give out, if it says.
    open_files
        Most files and connections that a process may have open.
    installed
        Version of a package, empty if there is none.
    who_listens
        Who answers at a host and port.
    who_probes
        Who answers where metrics and probes would be.
    password_file
        What PostgreSQL's client reads passwords from, if it is named.
    may_write
        Whether the user may write to a file or folder.
    """

    now: Callable[[], datetime] = utc_now
    disk: Callable[[Path], Disk] = disk_of
    memory_bytes: Callable[[], int | None] = free_memory_bytes
    open_files: Callable[[], int] = open_file_limit
    installed: Callable[[str], str] = installed
    who_listens: Callable[[ServerSettings], Answer] = ask_who_listens
    who_probes: Callable[[ServerSettings], Answer] = ask_who_probes
    password_file: Callable[[], Path | None] = password_file
    may_write: Callable[[Path], bool] = may_write


@dataclass(frozen=True, slots=True)
class Patient:
    """A server as it would run.

    Attributes
    ----------
    settings
        How it is set up.
    deep
        Whether to read everything, however long that takes.
    world
        The machine.
    store
        What was seen of its store; ``None`` if it is in memory, or could not be read.
    store_problem
        Why it could not be read; empty if it could.
    """

    settings: ServerSettings
    deep: bool = False
    world: World = field(default_factory=World)
    store: StoreFacts | None = None
    store_problem: str = ""
