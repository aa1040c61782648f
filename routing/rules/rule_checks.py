"""What the schema cannot say: keys that need or exclude each other, names, dates, time zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final
from zoneinfo import available_timezones

from routing.errors import InvalidInputError
from routing.promise.local_time import zone_of
from routing.rules.conditions.hints import hint
from routing.rules.conditions.mentions import mentions
from routing.rules.findings import Finding, Severity
from routing.rules.places import Path, Places, path_text
from routing.rules.read_file import ReadFile
from routing.rules.relations import is_by_line
from routing.rules.schema.capacity import Capacity
from routing.rules.schema.expiry import Expiry
from routing.rules.schema.prefer import Prefer
from routing.rules.schema.promise import Promise
from routing.rules.schema.require import Require
from routing.rules.schema.volume import Volume

Found = Iterator[tuple[Severity, Path, str]]


def rule_findings(read: ReadFile, places: Places) -> Iterator[Finding]:
    """Yield what every check of `RULE_CHECKS` finds, with its place."""
    for check in RULE_CHECKS:
        for severity, path, message in check(read):
            place = places.of(path)
            yield Finding(severity, path_text(path), place.line, place.column, message)


def _time_zone(read: ReadFile) -> Found:
    try:
        zone_of(read.file.tz)
    except InvalidInputError:
        close = hint(read.file.tz, sorted(available_timezones()))
        yield Severity.ERROR, ("tz",), f"is {read.file.tz!r}, which is no IANA time zone{close}"


def _names(read: ReadFile) -> Found:
    first: dict[str, Path] = {}
    for path, rule in read.all_rules():
        if rule.name in first:
            message = f"is {rule.name!r} like {path_text(first[rule.name])}; give each its own name"
            yield Severity.ERROR, (*path, "name"), message
        first.setdefault(rule.name, path)


def _dates(read: ReadFile) -> Found:
    for path, rule in read.all_rules():
        if rule.from_ and rule.until and rule.until < rule.from_:
            message = f"is {rule.until}, before from, which is {rule.from_}: it never holds"
            yield Severity.ERROR, (*path, "until"), message


def _soft(read: ReadFile) -> Found:
    for path, rule in read.rules("require"):
        if not isinstance(rule, Require):
            continue
        if rule.hard and rule.price_minor is not None:
            message = "has no effect on a hard rule; add hard: false, or leave it out"
            yield Severity.ERROR, (*path, "price_minor"), message
        if not rule.hard and rule.price_minor is None:
            message = "hard: false needs price_minor, what shipping from elsewhere costs"
            yield Severity.ERROR, (*path, "hard"), message
        if rule.hard and "per" in rule.model_fields_set:
            message = "has no effect on a hard rule; add hard: false, or leave it out"
            yield Severity.ERROR, (*path, "per"), message


def _amounts(read: ReadFile) -> Found:
    for path, rule in read.rules("prefer"):
        if not isinstance(rule, Prefer):
            continue
        if rule.credit_minor is None and rule.penalty_minor is None:
            message = "has no amount; give credit_minor, what it is worth, or penalty_minor"
            yield Severity.ERROR, path, message
        if rule.credit_minor is not None and rule.penalty_minor is not None:
            message = "stands beside credit_minor; keep the one that is meant"
            yield Severity.ERROR, (*path, "penalty_minor"), message


def _per_shipment(read: ReadFile) -> Found:
    for section in ("require", "prefer"):
        for path, rule in read.rules(section):
            soft = isinstance(rule, Prefer) or (isinstance(rule, Require) and not rule.hard)
            if not soft or not isinstance(rule, Require | Prefer) or rule.per != "shipment":
                continue
            if any(each.names[0] == "line" for each in mentions(rule.when or "")):
                message = (
                    "asks about the line, but the amount is per shipment; add per: line or "
                    "per: unit, or ask about the order only"
                )
                yield Severity.ERROR, (*path, "when"), message
            if is_by_line(rule):
                message = (
                    "is about lines, but the amount is per shipment; add per: line or per: unit"
                )
                yield Severity.ERROR, (*path, "destination"), message


def _places(read: ReadFile) -> Found:
    keys = {"location", "destination", "within_km"}
    for section in ("require", "prefer"):
        for path, rule in read.rules(section):
            if not keys & rule.model_fields_set:
                message = (
                    "says nothing of locations; say which, for instance location: "
                    "\"location.kind == 'store'\", or destination, or within_km"
                )
                yield Severity.ERROR, path, message
    for path, rule in read.rules("promise"):
        if (
            isinstance(rule, Promise)
            and not {"cutoff", "extra_processing_days"} & rule.model_fields_set
        ):
            yield Severity.ERROR, path, "changes nothing; give cutoff or extra_processing_days"


def _limits(read: ReadFile) -> Found:
    for path, rule in read.rules("capacity"):
        limits = {"orders_per_day", "lines_per_day", "units_per_day"}
        if isinstance(rule, Capacity) and not limits & rule.model_fields_set:
            message = f"limits nothing; give {', '.join(sorted(limits))}, or some of them"
            yield Severity.ERROR, path, message


def _steps(read: ReadFile) -> Found:
    for path, rule in read.rules("expiry"):
        if not isinstance(rule, Expiry):
            continue
        for number, (before, step) in enumerate(pairwise(rule.steps), start=1):
            if step.over_days <= before.over_days:
                message = (
                    f"is {step.over_days} after {before.over_days}; put the steps in order, the "
                    "fewest days first"
                )
                yield Severity.ERROR, (*path, "steps", number, "over_days"), message


def _shares(read: ReadFile) -> Found:
    for path, rule in read.rules("volume"):
        if not isinstance(rule, Volume):
            continue
        least, most = rule.at_least_percent, rule.at_most_percent
        if least is None and most is None:
            message = "promises nothing; give at_least_percent, or at_most_percent, or both"
            yield Severity.ERROR, path, message
        if least is not None and most is not None and least > most:
            message = f"is {least}, above at_most_percent, which is {most}: no share meets both"
            yield Severity.ERROR, (*path, "at_least_percent"), message


RULE_CHECKS: Final[tuple[Callable[[ReadFile], Found], ...]] = (
    _time_zone,
    _names,
    _dates,
    _soft,
    _amounts,
    _per_shipment,
    _places,
    _limits,
    _steps,
    _shares,
)
"""Every check, in the order in which findings of the same place are shown."""
