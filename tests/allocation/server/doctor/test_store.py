"""Stores with something wrong in them: each finding is provoked, on both engines."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from allocation.ledger.facts import StoreFacts
from allocation.ledger.feed import LevelRow
from allocation.server.doctor import store as store_checks
from allocation.server.doctor.content import content
from allocation.server.doctor.finding import Severity
from allocation.server.doctor.machine import clock
from allocation.server.doctor.patient import Patient
from allocation.server.doctor.store import limits_at
from allocation.server.health.settings import HealthSettings
from allocation.server.settings import ServerSettings
from allocation.store.examine import examine_store
from tests.allocation.ledger.postgres_server import Server
from tests.allocation.server.doctor.patients import NOW, WELL, amiss, found, message_of, on_file
from tests.allocation.server.doctor.stores import MUGS, opened, with_hold, with_stock

Damage = Callable[[str], None]


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServerSettings]:
    if request.param == "sqlite":
        yield on_file(tmp_path)
        return
    server: Server = request.getfixturevalue("server")
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS shipfrom CASCADE")
    flush(server.dsn, "on")
    yield ServerSettings(store=server.dsn)
    flush(server.dsn, "off")


def flush(dsn: str, value: str) -> None:
    """Set whether the tests' database flushes what it writes, as the doctor expects of one."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET fsync = {value}".encode())
        connection.execute("SELECT pg_reload_conf()")
    end_s = time.monotonic() + 60
    while True:
        with psycopg.connect(dsn) as connection:
            if connection.execute("SHOW fsync").fetchone() == (value,):
                return
        assert time.monotonic() < end_s
        time.sleep(0.01)


def run(settings: ServerSettings, statement: str) -> None:
    """Run a statement behind the ledger's back."""
    if settings.store.startswith("sqlite:"):
        with closing(sqlite3.connect(settings.store.removeprefix("sqlite:"))) as file, file:
            file.execute(statement)
    else:
        with psycopg.connect(settings.store, autocommit=True) as connection:
            connection.execute("SET search_path TO shipfrom")
            connection.execute(statement)


def without_clock(problems: dict[str, Severity]) -> dict[str, Severity]:
    """Leave out what the clock of a real database says to a world of its own."""
    return {check: severity for check, severity in problems.items() if check != "clock"}


def test_a_file_in_a_folder_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert amiss(on_file(folder))["store"] is Severity.ERROR
    assert f"the folder {folder}" in message_of("store", on_file(folder))
    assert not folder.exists()


def test_a_store_that_is_not_there_yet_is_left_so(settings: ServerSettings) -> None:
    assert without_clock(amiss(settings)) == {}
    facts = examine_store(settings.store, limits_at(NOW))
    assert facts is not None
    assert (facts.schema, facts.figures) == (0, None)


def test_a_store_in_use_is_fine(settings: ServerSettings) -> None:
    with_stock(settings.store, NOW)
    with_hold(settings.store, "plan-1", NOW)
    assert without_clock(amiss(settings, deep=True)) == {}
    messages = [each.message for each in found(settings)]
    assert any("nothing is left behind on 2 levels" in each for each in messages)
    assert any("all 2 locations" in each for each in messages)
    assert any("preset:cheapest decides; none was activated" in each for each in messages)


def test_holds_that_nobody_wrote_down_as_expired_are_found(settings: ServerSettings) -> None:
    with_stock(settings.store, NOW)
    with_hold(settings.store, "plan-1", NOW)
    later = replace(WELL, now=lambda: NOW + timedelta(minutes=12))
    assert without_clock(amiss(settings, later)) == {"holds": Severity.WARNING}
    assert "1 holds ran out more than 10 minutes ago" in message_of("holds", settings, later)


def test_commitments_that_nobody_fulfilled_are_found(settings: ServerSettings) -> None:
    with_stock(settings.store, NOW)
    with_hold(settings.store, "plan-1", NOW, commit=True)
    later = replace(WELL, now=lambda: NOW + timedelta(days=31))
    assert amiss(settings, later)["holds"] is Severity.WARNING
    assert "1 plans were committed more than 30 days ago" in message_of("holds", settings, later)


def test_levels_that_promise_more_than_is_there_are_found(settings: ServerSettings) -> None:
    with_stock(settings.store, NOW)
    with_hold(settings.store, "plan-1", NOW)
    with opened(settings.store) as store:
        store.ledger.set_levels([LevelRow(MUGS, 0)], now=NOW, observed_time=NOW)
    assert "1 of 2 levels promise more" in message_of("holds", settings)


def test_locations_that_fell_silent_are_named_and_the_longest_first(
    settings: ServerSettings,
) -> None:
    with_stock(settings.store, NOW)
    later = replace(WELL, now=lambda: NOW + timedelta(days=2))
    assert amiss(settings, later)["feeds"] is Severity.WARNING
    assert "2 of 2 locations were not reported for 86,400 s" in message_of("feeds", settings, later)
    soon = replace(settings, health=HealthSettings(feed_stale_s=60))
    then = replace(WELL, now=lambda: NOW + timedelta(seconds=61))
    assert amiss(soon, then)["feeds"] is Severity.WARNING


def test_tables_of_another_version_are_told_and_left_alone(settings: ServerSettings) -> None:
    with_stock(settings.store, NOW)
    run(settings, "INSERT INTO schema_version (version) VALUES (9999)")
    assert without_clock(amiss(settings, deep=True)) == {"store": Severity.ERROR}
    assert "use a newer version" in message_of("store", settings)
    run(settings, "DELETE FROM schema_version WHERE version > 2")
    assert without_clock(amiss(settings, deep=True)) == {"store": Severity.WARNING}
    assert "back it up first" in message_of("store", settings)
    # It may be full: nobody has looked.
    (seen,) = [each for each in found(settings) if each.check == "network"]
    assert (seen.severity, "is seen once" in seen.message) == (Severity.NOTE, True)
    facts = examine_store(settings.store, limits_at(NOW))
    assert facts is not None
    assert facts.schema == 2


def test_levels_that_do_not_follow_from_their_entries_are_found_when_read(
    settings: ServerSettings,
) -> None:
    with_stock(settings.store, NOW)
    run(settings, "UPDATE level SET held = 3 WHERE item_id = 'mug'")
    assert "consistency" not in amiss(settings)
    assert amiss(settings, deep=True)["consistency"] is Severity.ERROR


def test_a_store_that_cannot_be_reached_is_an_error_and_the_rest_is_still_looked_at(
    tmp_path: Path,
) -> None:
    away = ServerSettings(store="postgresql://nobody@127.0.0.1:1/none")
    assert amiss(away)["store"] is Severity.ERROR
    assert "open files" in {each.check for each in found(away)}
    broken = on_file(tmp_path)
    (tmp_path / "shipfrom.db").write_bytes(b"not a database at all" * 100)
    assert amiss(broken)["store"] is Severity.ERROR


def test_a_broken_file_is_found_when_read(tmp_path: Path) -> None:
    settings = on_file(tmp_path)
    with_stock(settings.store, NOW)
    path = tmp_path / "shipfrom.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = file.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'entry_by_level'"
        ).fetchone()
        (page,) = file.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[(root - 1) * page + 8 : root * page] = b"\xff" * (page - 8)
    path.write_bytes(bytes(content))
    assert amiss(settings, deep=True).get("consistency") is Severity.ERROR


@pytest.mark.parametrize(
    ("facts", "severity"),
    [
        ({"settings": {"fsync": "off", "full_page_writes": "on"}}, Severity.ERROR),
        ({"connections": (95, 100)}, Severity.WARNING),
        ({"connections": (90, 100)}, None),
    ],
)
def test_a_database_that_loses_or_refuses_is_found(
    facts: dict[str, Any], severity: Severity | None
) -> None:
    seen = StoreFacts(software="PostgreSQL 18.0", schema=6, known=6, **facts)
    patient = Patient(ServerSettings(store="postgresql://x"), world=WELL, store=seen)
    worst = [each.severity for each in store_checks.store(patient)]
    assert (severity in worst) if severity else set(worst) == {Severity.OK}


def test_a_clock_that_differs_from_the_databases_is_found() -> None:
    for apart_s, expected in ((2, Severity.OK), (3, Severity.WARNING), (-3, Severity.WARNING)):
        time = NOW + timedelta(seconds=apart_s)
        seen = StoreFacts(software="PostgreSQL 18.0", schema=6, known=6, time=time)
        patient = Patient(ServerSettings(store="postgresql://x"), world=WELL, store=seen)
        assert [each.severity for each in clock(patient)] == [expected]


def test_rules_that_this_version_cannot_use_are_found(tmp_path: Path) -> None:
    settings = on_file(tmp_path)
    with opened(settings.store) as store:
        stored = store.rules.put("nonsense: [", author="me", comment="", now=NOW)
        store.rules.activate(stored.revision, author="me", comment="", now=NOW)
    assert amiss(settings) == {"rules": Severity.ERROR}
    assert "rollback" in message_of("rules", settings)


def test_network_files_are_tried_and_not_put(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text('{"locations": [{"id": "atlantis"}], "items": [{"id": "mug"}]}')
    bad.write_text('{"locations": [{"id": ""}]}')
    settings = on_file(tmp_path, network_files=(good,))
    with opened(settings.store) as store:
        assert store.network.version() == 0
    messages = [each.message for each in found(settings)]
    assert any("1 locations, 1 items" in each for each in messages)
    assert any("not known where 1 locations are" in each for each in messages)
    with opened(settings.store) as store:
        assert store.network.version() == 0
    worst = content(Patient(replace(settings, network_files=(good, bad)), world=WELL))
    assert Severity.ERROR in {each.severity for each in worst}
    bare = replace(settings, shipped_rates=False)
    assert any("no rate card" in each.message for each in found(bare))
