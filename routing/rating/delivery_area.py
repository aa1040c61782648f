"""Delivery areas: lists of postal codes by which carriers add to a price."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from routing.errors import Violation, raise_if_any
from routing.geo.normalize import normalize_postal


@dataclass(frozen=True, slots=True, order=True)
class CodeRange:
    """Postal codes of a country from the first to the last, both inclusive.

    Attributes
    ----------
    country
        ISO 3166-1 alpha-2.
    first, last
        Codes of the same length in the usual spelling; equal for a single code.
    """

    country: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class DeliveryArea:
    """A named set of destinations, for surcharges to refer to.

    Attributes
    ----------
    name
        Unique on its card: ``"delivery-area"``, ``"remote"``.
    ranges
        Sorted by (country, first), not overlapping.

    Raises
    ------
    routing.errors.InvalidInputError
        With every range that is none, overlaps another, or is out of order.
    """

    name: str
    ranges: tuple[CodeRange, ...]

    def __post_init__(self) -> None:
        raise_if_any([problem.under(f"area[{self.name}]") for problem in self._problems()])

    def contains(self, country: str | None, postal_code: str | None) -> bool:
        """Say whether a destination lies in the area; one that is not known does not."""
        if country is None or postal_code is None:
            return False
        key = normalize_postal(country, postal_code)
        if key is None:
            return False
        index = bisect_right(self.ranges, (key.country, key.code), key=_start) - 1
        if index < 0:
            return False
        found = self.ranges[index]
        same_kind = found.country == key.country and len(found.last) == len(key.code)
        return same_kind and found.first <= key.code <= found.last

    def _problems(self) -> Iterator[Violation]:
        if not self.ranges:
            yield Violation("ranges", "is empty; list at least one postal code")
        for each in self.ranges:
            if len(each.first) != len(each.last) or each.first > each.last:
                yield Violation(
                    "ranges", f"{each.country} {each.first} to {each.last} is not a range of codes"
                )
        for near, far in pairwise(self.ranges):
            if near.country == far.country and far.first <= near.last:
                yield Violation(
                    "ranges",
                    f"{far.country} {far.first} follows {near.last}; sort the ranges and let "
                    "none overlap",
                )


def _start(each: CodeRange) -> tuple[str, str]:
    return each.country, each.first


def areas_of(
    areas: tuple[DeliveryArea, ...], country: str | None, postal_code: str | None
) -> frozenset[str]:
    """Return the names of the areas that contain a destination."""
    return frozenset(area.name for area in areas if area.contains(country, postal_code))
