"""Places where a store cannot be, in words that say what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from allocation.ledger.sqlite.connect import connect
from allocation.server.doctor.finding import Severity
from allocation.server.doctor.patient import may_write
from allocation.server.doctor.store_file import path_problem
from allocation.server.settings import ServerSettings
from allocation.store.address import sqlite_path
from tests.allocation.server.doctor.patients import amiss, message_of, on_file, world


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = on_file(tmp_path / "not" / "yet")
    assert amiss(settings) == {"store": Severity.ERROR}


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    assert "is no file" in path_problem(tmp_path, lambda _: True)


def test_files_of_somebody_else_are_named_with_their_owner(tmp_path: Path) -> None:
    settings = on_file(tmp_path)
    log = tmp_path / "shipfrom.db-wal"
    for name in ("shipfrom.db", "shipfrom.db-wal"):
        (tmp_path / name).touch(mode=0o640)
    problem = path_problem(tmp_path / "shipfrom.db", lambda path: path != log)
    assert problem == (
        f"user {os.geteuid()} cannot write to {log} (of user {log.stat().st_uid}, mode 0640)"
    )
    told = message_of("store file", settings, world(may_write=False))
    for path in (tmp_path, tmp_path / "shipfrom.db", log):
        assert f"{path} (of user" in told


def test_a_disk_that_is_read_only_is_called_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = list(os.statvfs(tmp_path))
    status[8] |= os.ST_RDONLY
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(status))
    assert "mounted read-only" in path_problem(tmp_path / "shipfrom.db", lambda _: False)


def test_whoever_may_not_write_is_found(tmp_path: Path) -> None:
    assert may_write(tmp_path)
    assert not may_write(tmp_path / "nothing")


def test_a_new_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    before = os.umask(0)
    try:
        connection = connect(path, 1.0)
        connection.execute("CREATE TABLE one (a)")
        seen = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
        connection.close()
    finally:
        os.umask(before)
    assert len(seen) > 1
    assert set(seen.values()) == {0o600}


@pytest.mark.parametrize(
    "address", ["sqlite:///var/x.db", "sqlite:////var/x.db", "sqlite:/var/x.db"]
)
def test_an_address_may_have_a_slash_more(address: str) -> None:
    assert str(sqlite_path(address)) == "/var/x.db"
    assert ServerSettings(store=address).store == address
