"""The store: whether it can be used, and what in it deserves a look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from allocation.errors import EngineError
from allocation.ledger.facts import Limits, StoreFacts, StoreFigures
from allocation.server.doctor.finding import Finding, Severity
from allocation.server.doctor.machine import place
from allocation.server.doctor.patient import Patient
from allocation.store.examine import damage_of_store
from allocation.store.open import open_store

OVERDUE: Final = timedelta(minutes=10)
"""A running server writes down within seconds that a hold has run out."""
OLD: Final = timedelta(days=30)
QUIET_S: Final = 24 * 3600.0
"""Age of a location's newest figure that deserves a look, unless the settings say another."""
FEW_CONNECTIONS: Final = 8
"""What one process may use of a database."""
_MOST_NAMED: Final = 5


def limits_at(now: datetime) -> Limits:
    """Return from when on something counts as left behind."""
    return Limits(overdue=now - OVERDUE, committed=now - OLD)


def store(patient: Patient) -> Iterator[Finding]:
    """Look whether the store answers, and is of a version that can be used."""
    yield from place(patient)
    if patient.store_problem:
        way_out = "mend it, or name another with store"
        yield Finding("store", Severity.ERROR, patient.store_problem, way_out)
    if patient.store is None:
        return
    facts = patient.store
    yield from _schema(facts)
    for name, value in facts.settings.items():
        if value != "on":
            message = f"the database runs with {name} = {value}: a crash loses what was answered"
            yield Finding("store", Severity.ERROR, message, f"set {name} = on")
    if facts.connections is not None:
        used, most = facts.connections
        wanted = FEW_CONNECTIONS * max(1, patient.settings.workers)
        message = f"{used} of {most} connections of the database are in use"
        if most - used < wanted:
            way_out = f"this server may use {wanted}: raise max_connections, or lower workers"
            yield Finding("store", Severity.WARNING, message, way_out)
        else:
            yield Finding("store", Severity.OK, message)


def _schema(facts: StoreFacts) -> Iterator[Finding]:
    version = f"{facts.software}, tables of version {facts.schema}"
    if facts.schema > facts.known:
        message = f"{version}; this program knows up to {facts.known}"
        yield Finding("store", Severity.ERROR, message, "use a newer version of the program")
    elif facts.schema == 0:
        message = f"{facts.software}, no tables yet; the first start makes them"
        yield Finding("store", Severity.NOTE, message)
    elif facts.schema < facts.known:
        message = f"{version}; the next start brings them to {facts.known}"
        way_out = "back it up first: the version before this cannot use it afterwards"
        yield Finding("store", Severity.WARNING, message, way_out)
    else:
        yield Finding("store", Severity.OK, version)


def holds(patient: Patient) -> Iterator[Finding]:
    """Look for stock that is kept for plans which nobody will come for."""
    figures = _figures(patient)
    if figures is None:
        return
    if figures.overdue_holds:
        message = (
            f"{figures.overdue_holds:,} holds ran out more than {OVERDUE.seconds // 60} minutes "
            "ago and are not written down as expired"
        )
        way_out = "they count no more; a running server writes them down, so see that one runs"
        yield Finding("holds", Severity.WARNING, message, way_out)
    if figures.old_commitments:
        message = (
            f"{figures.old_commitments:,} plans were committed more than {OLD.days} days ago and "
            "have neither left nor been released"
        )
        way_out = "tell the ledger what became of them: shipfrom plan fulfill, or release"
        yield Finding("holds", Severity.WARNING, message, way_out)
    if figures.oversold:
        message = f"{figures.oversold:,} of {figures.levels:,} levels promise more than is there"
        way_out = "count them; shipfrom stock adjust, and reallocate plans that cannot be kept"
        yield Finding("holds", Severity.WARNING, message, way_out)
    if not (figures.overdue_holds or figures.old_commitments or figures.oversold):
        message = f"nothing is left behind on {figures.levels:,} levels"
        yield Finding("holds", Severity.OK, message)


def feeds(patient: Patient) -> Iterator[Finding]:
    """Look for locations whose stock nobody has reported for long."""
    figures = _figures(patient)
    if figures is None or not figures.observed:
        return
    most_s = patient.settings.health.feed_stale_s or QUIET_S
    now = patient.world.now()
    ages_s = {place: (now - seen).total_seconds() for place, seen in figures.observed.items()}
    stale = sorted((age_s, place) for place, age_s in ages_s.items() if age_s > most_s)
    if not stale:
        message = f"all {len(ages_s):,} locations with stock were reported within {most_s:,.0f} s"
        yield Finding("feeds", Severity.OK, message)
        return
    named = ", ".join(
        f"{place} ({age_s:,.0f} s)" for age_s, place in stale[: -_MOST_NAMED - 1 : -1]
    )
    more = f" and {len(stale) - _MOST_NAMED} more" if len(stale) > _MOST_NAMED else ""
    message = (
        f"{len(stale):,} of {len(ages_s):,} locations were not reported for {most_s:,.0f} s: "
        f"{named}{more}"
    )
    way_out = "look at the job that calls SetLevels for them"
    yield Finding("feeds", Severity.WARNING, message, way_out)


def consistency(patient: Patient) -> Iterator[Finding]:
    """Look whether every level follows from its entries and plans, and the file is sound."""
    if not patient.deep or _figures(patient) is None:
        return
    address = patient.settings.store
    try:
        damage = damage_of_store(address)
        for problem in damage:
            way_out = "stop the server and restore the last backup"
            yield Finding("consistency", Severity.ERROR, f"the file is broken: {problem}", way_out)
        if damage:
            return
        opened = open_store(address)
        try:
            report = opened.ledger.audit(now=patient.world.now())
        finally:
            opened.close()
    except EngineError as error:
        yield Finding("consistency", Severity.ERROR, error.message)
        return
    if report.differences:
        named = ", ".join(str(each.key) for each in report.differences[:_MOST_NAMED])
        message = f"{len(report.differences)} levels do not follow from their entries: {named}"
        way_out = "look with shipfrom stock audit, mend with shipfrom stock audit --apply"
        yield Finding("consistency", Severity.ERROR, message, way_out)
    else:
        message = "every level follows from its entries and plans"
        yield Finding("consistency", Severity.OK, message)


def _figures(patient: Patient) -> StoreFigures | None:
    return None if patient.store is None else patient.store.figures
