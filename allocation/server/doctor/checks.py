"""The table of checks, and one look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from allocation.errors import EngineError
from allocation.server.doctor import content, machine, security, software, store, store_file
from allocation.server.doctor.finding import Finding
from allocation.server.doctor.patient import Patient
from allocation.store.examine import examine_store

Check = Callable[[Patient], Iterator[Finding]]

CHECKS: Final[tuple[Check, ...]] = (
    software.versions,
    software.data,
    security.start,
    security.certificates,
    security.private_files,
    security.tokens,
    machine.disk,
    machine.memory,
    machine.open_files,
    machine.clock,
    machine.port,
    machine.metrics_port,
    store_file.store_file,
    store.store,
    store.holds,
    store.feeds,
    store.consistency,
    content.content,
)
"""In the order in which their findings are told; each tells everything that it finds."""


def examine(patient: Patient) -> tuple[Finding, ...]:
    """Return what every check finds."""
    seen = _looked_at_store(patient)
    return tuple(finding for check in CHECKS for finding in check(seen))


def _looked_at_store(patient: Patient) -> Patient:
    limits = store.limits_at(patient.world.now())
    try:
        return replace(patient, store=examine_store(patient.settings.store, limits))
    except EngineError as error:
        return replace(patient, store_problem=error.message)
