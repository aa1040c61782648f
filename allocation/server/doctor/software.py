"""The packages that are installed, and the data that comes with the program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import requires
from typing import Final

from allocation.build_kind import build_kind
from allocation.server.doctor.finding import Finding, Severity
from allocation.server.doctor.patient import Patient
from routing.geo.postal import load_postal_index

_REQUIREMENT: Final = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?(.*)")
_BOUND: Final = re.compile(r"(>=|<=|==|<|>)\s*([0-9][0-9.]*)")
EXTRAS: Final = {"postgresql": ("postgres",), "postgres": ("postgres",)}
"""By the scheme of the store: the extras that it needs."""


def versions(patient: Patient) -> Iterator[Finding]:
    """Compare every package with the versions that this program was made for."""
    scheme = patient.settings.store.partition(":")[0]
    wanted = list(_requirements(EXTRAS.get(scheme, ())))
    problems = list(_version_problems(patient, wanted))
    yield from problems
    if not problems:
        named = ", ".join(
            f"{name} {patient.world.installed(name)}" for name in ("ortools", "protobuf", "grpcio")
        )
        message = (
            f"all {len(wanted)} packages are in versions that fit: {named}; build: {build_kind()}"
        )
        yield Finding("versions", Severity.OK, message)


def _version_problems(patient: Patient, wanted: list[tuple[str, str]]) -> Iterator[Finding]:
    way_out = "install the versions of constraints.txt, which are tested together"
    for name, bounds in wanted:
        found = patient.world.installed(name)
        if not found:
            message = f"{name} is not installed; {bounds or 'any version'} is needed"
            yield Finding("versions", Severity.ERROR, message, way_out)
        elif not fits(found, bounds):
            message = f"{name} is {found}; {bounds} is needed"
            yield Finding("versions", Severity.ERROR, message, way_out)


def _requirements(extras: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield name and bounds of every package that this one says it needs."""
    for text in requires("shipfrom") or ():
        requirement, _, marker = text.partition(";")
        if marker and not any(f"extra == '{extra}'" in marker for extra in extras):
            continue
        match = _REQUIREMENT.fullmatch(requirement.strip())
        if match is not None:
            yield match.group(1), match.group(2)


def fits(version: str, bounds: str) -> bool:
    """Whether a version lies within bounds such as ``>=9.15,<9.16``."""
    found = _numbers(version)
    for sign, text in _BOUND.findall(bounds):
        bound = _numbers(text)
        width = max(len(found), len(bound))
        left, right = (each + (0,) * (width - len(each)) for each in (found, bound))
        holds = {
            ">=": left >= right,
            "<=": left <= right,
            "==": left == right,
            "<": left < right,
            ">": left > right,
        }
        if not holds[sign]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version; what follows them is of no account here."""
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(each) for each in match.group().split(".")) if match else ()


def data(_patient: Patient) -> Iterator[Finding]:
    """Read the postal codes that come with the program."""
    try:
        load_postal_index()
    except (OSError, ValueError, KeyError) as error:
        message = f"the postal codes that come with the program cannot be read: {error}"
        yield Finding("data", Severity.ERROR, message, "install the program anew")
    else:
        yield Finding("data", Severity.OK, "postal codes can be read")
