"""Servers to look at, and a world in which nothing is amiss."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from allocation.server.doctor.checks import examine
from allocation.server.doctor.finding import Finding, Severity
from allocation.server.doctor.patient import Disk, Patient, World
from allocation.server.doctor.probe import Answer, Listener
from allocation.server.settings import ServerSettings

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)

WELL = replace(
    World(),
    now=lambda: NOW,
    disk=lambda _: Disk(free_bytes=50 << 30, free_files=1_000_000, kind="ext4"),
    memory_bytes=lambda: 8 << 30,
    open_files=lambda: 65_536,
    who_listens=lambda _: Answer(Listener.NOBODY),
    who_probes=lambda _: Answer(Listener.NOBODY),
)


def found(
    settings: ServerSettings, world: World = WELL, *, deep: bool = False
) -> tuple[Finding, ...]:
    """Return everything that a doctor finds."""
    return examine(Patient(settings, deep=deep, world=world))


def amiss(
    settings: ServerSettings, world: World = WELL, *, deep: bool = False
) -> dict[str, Severity]:
    """Return what is more than a note: severity by check, without an empty network."""
    return {
        each.check: each.severity
        for each in found(settings, world, deep=deep)
        if each.severity in (Severity.WARNING, Severity.ERROR) and each.check != "network"
    }


def message_of(check: str, settings: ServerSettings, world: World = WELL) -> str:
    """Return what a check tells that is amiss."""
    return next(
        f"{each.message} -> {each.way_out}"
        for each in found(settings, world)
        if each.check == check and each.severity in (Severity.WARNING, Severity.ERROR)
    )


def world(**answers: Any) -> World:
    """Return a world that differs from a good one in some answers."""
    return replace(
        WELL, **{name: lambda *_, answer=value: answer for name, value in answers.items()}
    )


def on_file(folder: Path, **settings: Any) -> ServerSettings:
    """Return settings with a SQLite store in a folder."""
    return ServerSettings(store=f"sqlite:{folder / 'shipfrom.db'}", **settings)
