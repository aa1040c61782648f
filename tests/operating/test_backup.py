"""The commands of docs/operating/backup.md: a copy taken under load has all that was told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from allocation.client import Client, Connection
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2
from tests.allocation.ledger.postgres_server import Server as Database
from tests.faults.running import file_store, in_thread
from tests.faults.shop import Shop
from tests.operating.blocks import ran

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
