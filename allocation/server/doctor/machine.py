"""Disk, memory, files, clock and port."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from allocation.server.doctor.finding import Finding, Severity
from allocation.server.doctor.patient import Patient
from allocation.server.doctor.probe import Listener
from allocation.store.address import scheme_of

LITTLE_BYTES: Final = 100 << 20
SOME_BYTES: Final = 1 << 30
FEW_FILES: Final = 1_000
NETWORK_DISKS: Final = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "ceph")
PROCESS_BYTES: Final = 350 << 20
"""What a process takes with a network of 1,000 locations and 100,000 items, and some room."""
LEAST_OPEN_FILES: Final = 256
ENOUGH_OPEN_FILES: Final = 4_096
RELEASED: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows less."""
MOST_AHEAD: Final = timedelta(seconds=60)
MOST_APART: Final = timedelta(seconds=2)
LARGE_LOG_BYTES: Final = 256 << 20


def disk(patient: Patient) -> Iterator[Finding]:
    """Look for room for the store's file, on a disk that keeps what it is told."""
    folder = None if patient.store is None else patient.store.folder
    if folder is None:
        return
    found = patient.world.disk(folder)
    size = f"{found.free_bytes >> 20:,} MiB are free at {folder}"
    room = "make room: holds fail when the disk is full"
    if found.free_bytes < LITTLE_BYTES:
        yield Finding("disk", Severity.ERROR, size, room)
    elif found.free_bytes < SOME_BYTES:
        yield Finding("disk", Severity.WARNING, size, room)
    else:
        yield Finding("disk", Severity.OK, size)
    if found.free_files < FEW_FILES:
        message = f"{found.free_files} more files fit on the file system of {folder}"
        yield Finding("disk", Severity.WARNING, message, "remove files that nobody needs")
    if found.kind in NETWORK_DISKS:
        message = f"{folder} is on a network share ({found.kind}), where SQLite can lose data"
        way_out = "move the store to a local disk, or use PostgreSQL"
        yield Finding("disk", Severity.ERROR, message, way_out)
    yield from _log(patient, folder)


def _log(patient: Patient, folder: Path) -> Iterator[Finding]:
    size = 0 if patient.store is None else patient.store.log_bytes
    if size > LARGE_LOG_BYTES:
        message = f"the write-ahead log in {folder} has {size >> 20:,} MiB; it is usually under 80"
        way_out = "look for a program that keeps a read of the file open for long"
        yield Finding("disk", Severity.WARNING, message, way_out)


def memory(patient: Patient) -> Iterator[Finding]:
    """Look for memory for every process."""
    free = patient.world.memory_bytes()
    if free is None:
        return
    processes = max(1, patient.settings.workers)
    wanted = processes * PROCESS_BYTES
    message = f"{free >> 20:,} MiB of memory are free"
    if free < wanted:
        way_out = f"{processes} process(es) take up to {wanted >> 20:,} MiB: lower workers"
        yield Finding("memory", Severity.WARNING, message, way_out)
    else:
        yield Finding("memory", Severity.OK, message)


def open_files(patient: Patient) -> Iterator[Finding]:
    """Look how many connections there can be; each is an open file."""
    limit = patient.world.open_files()
    message = f"a process may have {limit:,} files and connections open"
    way_out = "raise it: LimitNOFILE= in the unit, ulimits of the container, ulimit -n"
    if limit < LEAST_OPEN_FILES:
        yield Finding("open files", Severity.ERROR, message, way_out)
    elif limit < ENOUGH_OPEN_FILES:
        yield Finding("open files", Severity.WARNING, message, way_out)
    else:
        yield Finding("open files", Severity.OK, message)


def clock(patient: Patient) -> Iterator[Finding]:
    """Compare the clock with reason, with what was written, and with the database's."""
    now = patient.world.now()
    problems = list(_clock_problems(patient, now))
    yield from problems
    if not problems:
        yield Finding("clock", Severity.OK, f"it is {now.isoformat(timespec='seconds')}")


def _clock_problems(patient: Patient, now: datetime) -> Iterator[Finding]:
    way_out = "set it, and keep it right with chrony or systemd-timesyncd"
    if now < RELEASED:
        message = f"the clock shows {now.isoformat(timespec='seconds')}, before this program was"
        yield Finding("clock", Severity.ERROR, message, way_out)
    store = patient.store
    if store is None:
        return
    last = None if store.figures is None else store.figures.last_entry_time
    if last is not None and last - now > MOST_AHEAD:
        ahead_s = (last - now).total_seconds()
        message = f"stock last changed {ahead_s:,.0f} s in the future: the clock was set back"
        yield Finding("clock", Severity.ERROR, message, f"{way_out}; holds end too late until then")
    if store.time is not None and abs(store.time - now) > MOST_APART:
        apart_s = (store.time - now).total_seconds()
        message = f"the database's clock differs from this one by {apart_s:+,.1f} s"
        yield Finding("clock", Severity.WARNING, message, way_out)


def port(patient: Patient) -> Iterator[Finding]:
    """Look who listens where the server would."""
    settings = patient.settings
    if settings.port == 0:
        yield Finding("port", Severity.OK, "a free port is taken at the start")
        return
    answer = patient.world.who_listens(settings)
    where = settings.target
    if answer.listener is Listener.NOBODY:
        yield Finding("port", Severity.OK, f"{where} is free")
    elif answer.listener is Listener.READY:
        yield Finding("port", Severity.OK, f"{where} is served: {answer.listener.value}")
    elif answer.listener is Listener.NOT_READY:
        message = f"{where} is served by {answer.listener.value}"
        way_out = "ask /ready on its metrics.port, or its log, which condition does not hold"
        yield Finding("port", Severity.ERROR, message, way_out)
    elif answer.listener is Listener.ENCRYPTED:
        message = f"{where} is taken, it seems by a server that encrypts"
        yield Finding("port", Severity.NOTE, message)
    elif answer.listener is Listener.STRANGER:
        message = f"{where} is taken by another program"
        yield Finding("port", Severity.ERROR, message, "stop it, or choose another port")
    else:
        message = f"nobody can listen on {where}: {answer.problem}"
        yield Finding("port", Severity.ERROR, message, "choose another host and port")


def metrics_port(patient: Patient) -> Iterator[Finding]:
    """Look who listens where metrics and probes would be."""
    metrics = patient.settings.metrics
    if metrics.port == 0:
        return
    answer = patient.world.who_probes(patient.settings)
    where = f"{metrics.host}:{metrics.port}"
    way_out = "stop it, or choose another metrics.port"
    if answer.listener is Listener.NOBODY:
        yield Finding("metrics port", Severity.OK, f"{where} is free")
    elif answer.listener is Listener.READY:
        yield Finding("metrics port", Severity.OK, f"{where} is served by a ShipFrom server")
    elif answer.listener is Listener.STRANGER:
        message = f"{where} is taken by another program"
        yield Finding("metrics port", Severity.ERROR, message, way_out)
    else:
        message = f"nobody can listen on {where}: {answer.problem}"
        yield Finding("metrics port", Severity.ERROR, message, way_out)


def place(patient: Patient) -> Iterator[Finding]:
    """Look whether the store lasts."""
    if scheme_of(patient.settings.store) == "memory":
        message = "the store is in memory: holds and plans are gone with the process"
        yield Finding("store", Severity.WARNING, message, "name a store that lasts with store")
