"""Names in cases that nothing has: items, locations, lines, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields

from allocation.rule_cases.schema import Case, CasesFile
from routing.network import Network
from routing.rules.conditions.hints import hint
from routing.rules.knobs import knobs_of
from routing.rules.places import Path
from routing.sourcing.policy import Overrides
from routing.sourcing.verdict import Verdict

Problems = Iterator[tuple[Path, str]]


def name_problems(file: CasesFile, network: Network) -> Problems:
    """Yield the path of every name that is unknown or stands twice, and what to say of it."""
    seen: dict[str, int] = {}
    for index, case in enumerate(file.cases):
        if case.name in seen:
            message = f"is {case.name!r} like cases[{seen[case.name]}]; give each its own name"
            yield ("cases", index, "name"), message
        seen.setdefault(case.name, index)
        for path, message in _case_problems(case, network):
            yield ("cases", index, *path), message


def _case_problems(case: Case, network: Network) -> Problems:
    items, locations = list(network.items), [each.id for each in network.locations]
    for item, levels in case.stock.items():
        yield from _unknown(item, items, "item", ("stock", item))
        for location in levels:
            yield from _unknown(location, locations, "location", ("stock", item, location))
    lines: list[str] = []
    for index, line in enumerate(case.order.lines):
        yield from _unknown(line.item, items, "item", ("order", "lines", index, "item"))
        if line.pickup_location is not None:
            path: Path = ("order", "lines", index, "pickup_location")
            yield from _unknown(line.pickup_location, locations, "location", path)
        name = line.id or line.item
        if name in lines:
            message = f"is a second line called {name!r}; give both an id of their own"
            yield ("order", "lines", index), message
        lines.append(name)
    for knob, path, _ in knobs_of(case.options.cost, case.options.split):
        if knob not in _OVERRIDABLE:
            yield ("options", *path), "is nothing that a request can override; leave it out"
    for key in ("allowed_locations", "excluded_locations"):
        for index, location in enumerate(getattr(case.options, key)):
            yield from _unknown(location, locations, "location", ("options", key, index))
    yield from _expected(case, lines, locations)


def _expected(case: Case, lines: Iterable[str], locations: Iterable[str]) -> Problems:
    expect = case.expect
    if not expect.model_fields_set:
        yield ("expect",), "expects nothing; give shipments or ships_from, say"
    for index, shipment in enumerate(expect.shipments or ()):
        path: Path = ("expect", "shipments", index)
        yield from _unknown(shipment.from_, locations, "location", (*path, "from"))
        for line in shipment.lines:
            yield from _unknown(line, lines, "line", (*path, "lines", line))
    for index, location in enumerate(expect.ships_from or ()):
        yield from _unknown(location, locations, "location", ("expect", "ships_from", index))
    for line in expect.unfilled or ():
        yield from _unknown(line, lines, "line", ("expect", "unfilled", line))
    for index, each in enumerate(expect.verdicts):
        path = ("expect", "verdicts", index)
        yield from _unknown(each.line, lines, "line", (*path, "line"))
        yield from _unknown(each.location, locations, "location", (*path, "location"))
        yield from _unknown(each.verdict, VERDICTS, "verdict", (*path, "verdict"))


_OVERRIDABLE = frozenset(each.name for each in fields(Overrides))
VERDICTS = tuple(each.name.lower() for each in Verdict)
"""What a case can expect to be said of a line at a location."""


def _unknown(name: str, known: Iterable[str], what: str, path: Path) -> Problems:
    names = list(known)
    if name not in names:
        yield path, f"is {name!r}, which is no {what} here{hint(name, names)}"
