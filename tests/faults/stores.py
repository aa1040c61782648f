"""Faults of the store: full, slow, locked, restarted."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import psycopg

from allocation.client import Connection
from tests.allocation.ledger.postgres_server import Server as Database
from tests.faults.result import Result
from tests.faults.running import again_for, file_store, in_thread, judged
from tests.faults.shop import Shop

SMALL_DISK_MIB: Final = 24
SHOPPERS: Final = 4


def disk_full(folder: Path, seconds: float) -> Result:
    """Fill the disk under a store; once there is room again, everything goes on by itself."""
    with small_disk(folder) as disk, in_thread(file_store(disk)) as server:
        connection = Connection(server.address)
        ballast = disk / "ballast"

        def strike() -> None:
            shop.wait_for(20)
            fill(ballast)
            time.sleep(max(0.6, seconds / 8))
            ballast.unlink()
            shop.wait_for(20)

        with Shop(connection, SHOPPERS).open() as shop:
            again_for(seconds, strike)
        assert shop.told.repeated["LEDGER_UNAVAILABLE"], "the disk was never full"
        return judged("disk full", connection, shop)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a small file system where that is allowed; else limit the size of files."""
    disk = folder / "small"
    disk.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SMALL_DISK_MIB}m", "tmpfs", str(disk)]
    mounted = subprocess.run(["mount", *options], capture_output=True, check=False)
    if mounted.returncode == 0:
        try:
            yield disk
        finally:
            subprocess.run(["umount", str(disk)], check=True)
        return
    raise NoSmallDiskError(mounted.stderr.decode().strip())


class NoSmallDiskError(Exception):
    """This user may not mount a file system."""


def fill(ballast: Path) -> None:
    """Take every byte that is left."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass


def files_full(folder: Path, seconds: float) -> Result:
    """Let no file grow any more, as on a disk that is full; then let them grow again."""
    with in_thread(file_store(folder)) as server:
        connection = Connection(server.address)
        log = folder / "shipfrom.db-wal"

        def strike() -> None:
            shop.wait_for(20)
            with limited_files(log.stat().st_size):
                time.sleep(max(0.6, seconds / 8))
            shop.wait_for(20)

        with Shop(connection, SHOPPERS).open() as shop:
            again_for(seconds, strike)
        assert shop.told.repeated["LEDGER_UNAVAILABLE"], "no file was ever full"
        return judged("files cannot grow", connection, shop)


@contextmanager
def limited_files(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def sqlite_locked(folder: Path, seconds: float) -> Result:
    """Another program keeps the file locked for a while, as a backup gone wrong would."""
    store = file_store(folder)
    with in_thread(store) as server:
        connection = Connection(server.address)

        def strike() -> None:
            shop.wait_for(20)
            path = store.removeprefix("sqlite:")
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                time.sleep(max(0.8, seconds / 4))
                other.execute("ROLLBACK")
            shop.wait_for(20)

        with Shop(connection, SHOPPERS).open() as shop:
            again_for(seconds, strike)
        return judged("slow database (SQLite file locked)", connection, shop)


def postgres_slow(database: Database, seconds: float) -> Result:
    """Keep the tables of levels locked for a while: every write has to wait."""
    with in_thread(database.dsn) as server:
        connection = Connection(server.address)

        def strike() -> None:
            shop.wait_for(20)
            with psycopg.connect(database.dsn) as other:
                other.execute("LOCK TABLE shipfrom.level IN ACCESS EXCLUSIVE MODE")
                time.sleep(max(0.8, seconds / 4))
                other.rollback()
            shop.wait_for(20)

        with Shop(connection, SHOPPERS).open() as shop:
            again_for(seconds, strike)
        return judged("slow database (PostgreSQL tables locked)", connection, shop)


def postgres_restarted(database: Database, seconds: float) -> Result:
    """End the database at once, with nothing written down, and start it again."""
    with in_thread(database.dsn) as server:
        connection = Connection(server.address)

        def strike() -> None:
            shop.wait_for(20)
            database.crash()
            time.sleep(max(0.2, seconds / 10))
            database.start()
            shop.wait_for(20)

        with Shop(connection, SHOPPERS).open() as shop:
            again_for(seconds, strike)
        return judged("database restarted (PostgreSQL)", connection, shop)
