"""The file of a SQLite store, and whether the server may write to it, which SQLite hardly says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from allocation.server.doctor.finding import Finding, Severity
from allocation.server.doctor.patient import Patient
from allocation.store.address import scheme_of, sqlite_path

_BESIDE = ("", "-wal", "-shm")


def store_file(patient: Patient) -> Iterator[Finding]:
    """Look whether the store's file and the folder around it can be written to."""
    if scheme_of(patient.settings.store) != "sqlite":
        return
    path = sqlite_path(patient.settings.store).absolute()
    if not path.parent.is_dir():
        return  # Told by `store`.
    problem = path_problem(path, patient.world.may_write)
    if problem:
        way_out = "name another place with store, or let the server's user write to this one"
        yield Finding("store file", Severity.ERROR, problem, way_out)
    else:
        yield Finding("store file", Severity.OK, f"{path} can be written to")


def path_problem(path: Path, may_write: Callable[[Path], bool]) -> str:
    """Return why a store cannot be at a path; empty if it can."""
    folder = path.parent
    if path.exists() and not path.is_file():
        return f"{path} is no file"
    # The log beside the file comes and goes, so the folder has to be writable, too.
    files = [found for end in _BESIDE if (found := Path(f"{path}{end}")).exists()]
    closed = [each for each in (folder, *files) if not may_write(each)]
    if not closed:
        return ""
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return f"{folder} is on a file system that is mounted read-only"
    named = ", ".join(f"{each} ({_owner_and_mode(each)})" for each in closed)
    return f"{_user()} cannot write to {named}"


def _owner_and_mode(path: Path) -> str:
    found = path.stat()
    return f"of user {found.st_uid}, mode {found.st_mode & 0o7777:04o}"


def _user() -> str:
    return f"user {os.geteuid()}"
