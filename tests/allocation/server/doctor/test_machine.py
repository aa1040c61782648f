"""Disk, memory, files, clock, port and packages: each finding is provoked."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from allocation.server.doctor.finding import Severity
from allocation.server.doctor.patient import Disk, Patient, World, disk_of, open_file_limit
from allocation.server.doctor.probe import (
    Answer,
    Listener,
    ask_who_listens,
    ask_who_probes,
)
from allocation.server.doctor.software import data, fits
from allocation.server.in_process import server_in_thread
from allocation.server.metrics.settings import MetricsSettings
from allocation.server.settings import ServerSettings
from tests.allocation.server.doctor.patients import (
    NOW,
    WELL,
    amiss,
    found,
    message_of,
    on_file,
    world,
)
from tests.allocation.server.doctor.stores import with_stock


def test_nothing_is_amiss_in_a_good_world(tmp_path: Path) -> None:
    assert amiss(on_file(tmp_path)) == {}


@pytest.mark.parametrize(
    ("disk", "severity", "says"),
    [
        (Disk(99 << 20, 10**6, "ext4"), Severity.ERROR, "99 MiB are free"),
        (Disk(100 << 20, 10**6, "ext4"), Severity.WARNING, "100 MiB are free"),
        (Disk(1 << 30, 999, "ext4"), Severity.WARNING, "999 more files fit"),
        (Disk(1 << 30, 10**6, "nfs4"), Severity.ERROR, "network share (nfs4)"),
    ],
)
def test_little_room_and_network_shares_are_found(
    tmp_path: Path, disk: Disk, severity: Severity, says: str
) -> None:
    sick = world(disk=disk)
    assert amiss(on_file(tmp_path), sick) == {"disk": severity}
    assert says in message_of("disk", on_file(tmp_path), sick)


def test_a_log_that_is_never_copied_back_is_found(tmp_path: Path) -> None:
    with (tmp_path / "shipfrom.db-wal").open("wb") as log:
        log.truncate(257 << 20)
    assert "257 MiB" in message_of("disk", on_file(tmp_path))


def test_a_real_disk_has_room_and_a_kind(tmp_path: Path) -> None:
    disk = disk_of(tmp_path / "not" / "yet")
    assert disk.free_bytes > 0
    assert disk.free_files > 0
    assert disk.kind
    assert disk_of(Path("/proc")).kind == "proc"


def test_each_process_needs_memory(tmp_path: Path) -> None:
    sick = world(memory_bytes=600 << 20)
    assert amiss(on_file(tmp_path), sick) == {}
    assert amiss(on_file(tmp_path, workers=2), sick) == {"memory": Severity.WARNING}


@pytest.mark.parametrize(
    ("limit", "expected"), [(255, Severity.ERROR), (256, Severity.WARNING), (4_096, None)]
)
def test_few_open_files_are_found(tmp_path: Path, limit: int, expected: Severity | None) -> None:
    seen = amiss(on_file(tmp_path), world(open_files=limit))
    assert seen.get("open files") == expected
    assert open_file_limit() > 0


def test_a_clock_before_the_program_was_made_is_wrong(tmp_path: Path) -> None:
    sick = world(now=NOW.replace(year=2025))
    assert amiss(on_file(tmp_path), sick) == {"clock": Severity.ERROR}


@pytest.mark.parametrize(
    ("listener", "severity"),
    [
        (Listener.READY, None),
        (Listener.ENCRYPTED, None),
        (Listener.NOT_READY, Severity.ERROR),
        (Listener.STRANGER, Severity.ERROR),
        (Listener.UNUSABLE, Severity.ERROR),
    ],
)
def test_who_listens_on_the_port_is_told(
    tmp_path: Path, listener: Listener, severity: Severity | None
) -> None:
    sick = world(who_listens=Answer(listener, "no such address"))
    assert amiss(on_file(tmp_path), sick).get("port") == severity


def test_a_server_of_ours_is_told_from_a_stranger_and_from_nobody() -> None:
    with server_in_thread() as server:
        assert ask_who_listens(ServerSettings(port=server.port)).listener is Listener.READY
        port = server.port
    assert ask_who_listens(ServerSettings(port=port)).listener is Listener.NOBODY
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = ServerSettings(port=other.getsockname()[1])
        assert ask_who_listens(taken).listener is Listener.STRANGER
    elsewhere = ServerSettings(host="192.0.2.1", port=50051)
    assert ask_who_listens(elsewhere).listener is Listener.UNUSABLE
    assert ask_who_listens(ServerSettings(port=0)).listener is Listener.NOBODY


@pytest.mark.parametrize(
    ("listener", "says"),
    [
        (Listener.READY, None),
        (Listener.STRANGER, "taken by another program"),
        (Listener.UNUSABLE, "no such address"),
    ],
)
def test_who_listens_where_the_metrics_would_be_is_told(
    tmp_path: Path, listener: Listener, says: str | None
) -> None:
    sick = world(who_probes=Answer(listener, "no such address"))
    settings = on_file(tmp_path, metrics=MetricsSettings(port=9464))
    if says is None:
        assert amiss(settings, sick) == {}
    else:
        assert amiss(settings, sick) == {"metrics port": Severity.ERROR}
        assert says in message_of("metrics port", settings, sick)


def test_metrics_of_a_server_of_ours_are_told_from_a_stranger() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = MetricsSettings(port=other.getsockname()[1])
        assert ask_who_probes(ServerSettings(metrics=taken)).listener is Listener.STRANGER
    # The port that has just been given back.
    with server_in_thread(ServerSettings(port=0, metrics=taken)):
        assert ask_who_probes(ServerSettings(metrics=taken)).listener is Listener.READY
    assert ask_who_probes(ServerSettings(metrics=taken)).listener is Listener.NOBODY
    elsewhere = MetricsSettings(host="192.0.2.1", port=9464)
    assert ask_who_probes(ServerSettings(metrics=elsewhere)).listener is Listener.UNUSABLE
    assert ask_who_probes(ServerSettings()).listener is Listener.NOBODY


def test_a_package_that_does_not_fit_is_named_with_what_would() -> None:
    settings = ServerSettings()
    versions = {"ortools": "9.10.4067", "protobuf": "7.34.0", "geopy": ""}
    sick = replace(WELL, installed=lambda name: versions.get(name, World().installed(name)))
    errors = [each for each in _errors(settings, sick) if "needed" in each]
    assert any("ortools is 9.10.4067" in each and ">=9.15" in each for each in errors)
    assert any("protobuf is 7.34.0" in each for each in errors)
    assert any("geopy is not installed" in each for each in errors)
    assert len(errors) == 3


def test_a_store_in_postgresql_needs_its_packages() -> None:
    settings = ServerSettings(store="postgresql://127.0.0.1:1/none")
    sick = replace(
        WELL, installed=lambda name: "" if "psycopg" in name else World().installed(name)
    )
    errors = [each for each in _errors(settings, sick) if "needed" in each]
    assert len(errors) == 2


def _errors(settings: ServerSettings, sick: World) -> list[str]:
    return [each.message for each in found(settings, sick) if each.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("version", "bounds", "expected"),
    [
        ("9.15.6755", "<9.16,>=9.15", True),
        ("9.16", "<9.16,>=9.15", False),
        ("9.2", ">=9.15", False),
        ("6.33.1", "<6.34,>=6.33.1", True),
        ("6.33", "<6.34,>=6.33.1", False),
        ("1.0rc1", ">=1.0", True),
        ("2026.3", ">=2026.1", True),
        ("5", "", True),
        ("1.80.0", "==1.80", True),
    ],
)
def test_versions_are_compared_number_by_number(version: str, bounds: str, expected: bool) -> None:
    assert fits(version, bounds) == expected


def test_data_that_cannot_be_read_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ValueError("bad magic number")

    monkeypatch.setattr("allocation.server.doctor.software.load_postal_index", broken)
    (finding,) = data(Patient(ServerSettings()))
    assert finding.severity is Severity.ERROR
    assert "bad magic number" in finding.message


def test_a_store_in_memory_is_no_place_for_holds() -> None:
    assert amiss(ServerSettings(store="memory")) == {"store": Severity.WARNING}


def test_a_clock_that_was_set_back_is_seen_by_what_was_written(tmp_path: Path) -> None:
    settings = on_file(tmp_path)
    with_stock(settings.store, NOW + timedelta(seconds=61))
    assert amiss(settings)["clock"] is Severity.ERROR
    assert "61 s in the future" in message_of("clock", settings)
