from __future__ import annotations

import socket
from pathlib import Path

import pytest

from allocation.server.health.condition import Condition, Report
from allocation.server.limits import RequestLimits
from allocation.server.processes.port import reserve_port
from allocation.server.processes.settings_text import read_settings, write_settings
from allocation.server.processes.status import Status, parse_status
from allocation.server.security.settings import SecuritySettings
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError


@pytest.mark.parametrize(
    "settings",
    [
        ServerSettings(),
        ServerSettings(
            host="::1",
            port=1,
            workers=3,
            store="postgresql://user:pass word@host/db",
            network_files=(Path("/a/locations.json"), Path("/b c/items.json")),
            limits=RequestLimits(lines=7),
            security=SecuritySettings(
                principals_file=Path("/p.toml"), rate_per_s=0.5, allow_plaintext=True
            ),
            log_level="DEBUG",
        ),
    ],
)
def test_a_worker_gets_the_settings_that_the_supervisor_has(settings: ServerSettings) -> None:
    text = write_settings(settings)
    assert "\n" not in text
    assert read_settings(text) == settings


def test_a_status_is_one_line_and_comes_back_whole() -> None:
    report = Report(True, (Condition("store"), Condition("rules", "are\nbroken")))
    for status in (Status(41), Status(42, True, report, 7, "sqlite")):
        line = status.line()
        assert line.count(b"\n") == 1
        assert parse_status(line) == status


def test_a_port_is_held_and_shared_with_those_who_listen() -> None:
    held = reserve_port("127.0.0.1", 0)
    port = held.getsockname()[1]
    with held, socket.socket() as worker:
        worker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        worker.bind(("127.0.0.1", port))
        worker.listen()
        with pytest.raises(StartError, match=str(port)):
            reserve_port("127.0.0.1", port)
    reserve_port("127.0.0.1", port).close()


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(StartError, match=r"192\.0\.2\.1"):
        reserve_port("192.0.2.1", 0)
