"""Cheap improvement: drop shipments, move lines between them, ship from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.optimize.api import Budget
from allocation.optimize.greedy.book import Book, Contents, Vector, may_add_shipment
from allocation.optimize.greedy.build import Builder

_MOST_EFFORT = 100
"""Effort (see `Book.effort`) after which improvement stops."""

_HOMES = 2


def repaired(book: Book, contents: Contents) -> Contents:
    """Dissolve shipments that are too small to be one of several, smallest first."""
    while len(contents) > 1:
        poor = [
            (sum(quantities.values()), -location)
            for location, quantities in contents.items()
            if not book.worth_a_shipment(quantities)
        ]
        if not poor:
            break
        contents = without(book, contents, -min(poor)[1])
    return contents


def without(book: Book, contents: Contents, location: int) -> Contents:
    """Return the contents without one shipment, its lines placed elsewhere where they fit."""
    rest = {other: dict(lines) for other, lines in contents.items() if other != location}
    for atom in _parts(book, contents[location]):
        homes = [
            (_added(book, home, quantities, atom), home)
            for home, quantities in rest.items()
            if _fits(book, home, quantities | _sum(quantities, atom))
        ]
        if homes:
            rest[min(homes)[1]] |= _sum(rest[min(homes)[1]], atom)
    return rest


def _sum(into: dict[int, int], atom: dict[int, int]) -> dict[int, int]:
    return {line: into.get(line, 0) + number for line, number in atom.items()}


def _added(book: Book, location: int, quantities: dict[int, int], atom: dict[int, int]) -> Vector:
    """Return what it adds to the tier values to ship the atom, too; both must fit."""
    after = book.shipment(location, quantities | _sum(quantities, atom))
    before = book.shipment(location, quantities)
    if after is None or before is None:
        raise ValueError(f"location {location} cannot carry {quantities} and {atom}")
    return tuple(new - old for new, old in zip(after[0], before[0], strict=True))


def _fits(book: Book, location: int, quantities: dict[int, int]) -> bool:
    usable = book.view.usable
    return book.has_room(location, quantities) and any(
        all(usable[line, lane] for line in quantities) for lane in book.lanes_of(location)
    )


def _parts(book: Book, quantities: dict[int, int]) -> list[dict[int, int]]:
    """Split a shipment into what can move by itself."""
    return [
        {line: quantities[line] for line in atom}
        for atom in book.view.atoms
        if atom[0] in quantities
    ]


def _neighbours(book: Book, builder: Builder, contents: Contents) -> Iterator[Contents]:
    locations = sorted(contents)
    for location in locations:
        yield repaired(book, without(book, contents, location))
        if len(contents) > 1:
            yield {other: contents[other] for other in locations if other != location}
    for location in locations:
        others = {other: contents[other] for other in locations if other != location}
        closed = {*others, location}
        for home in builder.other_homes(contents[location], closed, _HOMES):
            yield {**others, home: contents[location]}
    for location in locations:
        for atom in _parts(book, contents[location]):
            yield from _moves(book, builder, contents, location, atom)


def _moves(
    book: Book, builder: Builder, contents: Contents, location: int, atom: dict[int, int]
) -> Iterator[Contents]:
    rest = {line: number for line, number in contents[location].items() if line not in atom}
    if not rest:
        return
    yield {**contents, location: rest}
    for other in sorted(contents):
        grown = contents[other] | _sum(contents[other], atom)
        if other != location and _fits(book, other, grown):
            yield {**contents, location: rest, other: grown}
    if may_add_shipment(book.view, len(contents)):
        for home in builder.other_homes(atom, set(contents), 1):
            yield {**contents, location: rest, home: atom}


def improved(
    book: Book, builder: Builder, contents: Contents, values: Vector, budget: Budget
) -> tuple[Contents, Vector]:
    """Take the first neighbour that is better, again and again, within a fixed effort."""
    better = True
    while better and not _has_enough(book, budget):
        better = False
        for candidate in _neighbours(book, builder, contents):
            found = book.values(candidate)
            if found is not None and found < values:
                contents, values, better = candidate, found, True
                break
            if _has_enough(book, budget):
                break
    return contents, values


def _has_enough(book: Book, budget: Budget) -> bool:
    return book.effort >= _MOST_EFFORT or budget.is_over
