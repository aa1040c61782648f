"""How simple systems choose: three policies that rank locations and never look at prices.

Each is a pure function of the lines, the stock and the distances, keeps every line whole, and
never plans a unit twice. A line that no location has whole is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allocation.demo.fewest import fewest_locations
from allocation.demo.policy_terms import Choice, Levels, Place, Remaining, Want


def first_location(
    wants: Sequence[Want], levels: Levels, places: Sequence[Place]
) -> tuple[Choice, ...]:
    """Give each line to the first location of the merchant's list that has all of it."""
    return _line_by_line(wants, levels, places)


def nearest(wants: Sequence[Want], levels: Levels, places: Sequence[Place]) -> tuple[Choice, ...]:
    """Give each line to the closest location that has all of it."""
    return _line_by_line(wants, levels, by_distance(places))


def fewest_then_nearest(
    wants: Sequence[Want], levels: Levels, places: Sequence[Place]
) -> tuple[Choice, ...]:
    """Use as few locations as fill the most lines; among those, the closest together.

    The locations are chosen exactly (see `fewest_locations`); each line then goes to the closest
    chosen location that still has all of it.
    """
    chosen = fewest_locations(wants, levels, by_distance(places))
    return _line_by_line(wants, levels, chosen)


PolicyFunction = Callable[[Sequence[Want], Levels, Sequence[Place]], tuple[Choice, ...]]


@dataclass(frozen=True, slots=True)
class NamedPolicy:
    """A policy, what to call it, and what it stands for."""

    name: str
    title: str
    choose: PolicyFunction


POLICIES: Final = (
    NamedPolicy("first-location", "First location", first_location),
    NamedPolicy("nearest", "Nearest", nearest),
    NamedPolicy("fewest-then-nearest", "Fewest shipments, then nearest", fewest_then_nearest),
)


def by_distance(places: Iterable[Place]) -> tuple[Place, ...]:
    """Return the places from near to far, unknown distances last, ties as they were."""
    return tuple(
        sorted(
            places,
            key=lambda place: (
                place.distance_m is None,
                0 if place.distance_m is None else place.distance_m,
            ),
        )
    )


def filled_units(wants: Iterable[Want], choices: Iterable[Choice]) -> Mapping[str, int]:
    """Return the units that `choices` send, by line id; 0 for a line left out."""
    filled = {want.line_id: 0 for want in wants}
    for choice in choices:
        filled[choice.line_id] += choice.quantity
    return filled


def _line_by_line(
    wants: Sequence[Want], levels: Levels, order: Sequence[Place]
) -> tuple[Choice, ...]:
    remaining = Remaining(levels)
    choices = []
    for want in wants:
        for place in order:
            if remaining.take(want, place.location_id):
                choices.append(Choice(want.line_id, place.location_id, want.quantity))
                break
    return tuple(choices)
