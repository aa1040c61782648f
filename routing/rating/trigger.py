"""Triggers: what about a parcel itself makes a surcharge due, whatever it is billed for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation, raise_if_any
from routing.rating.girth import length_plus_girth_um

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Met by a parcel that exceeds any one of the limits that are set; at a limit it is not.

    Attributes
    ----------
    longest_over_um, second_over_um
        Longest and second-longest side, micrometres.
    length_plus_girth_over_um
        Longest side plus the circumference around the other two, micrometres.
    volume_over_nl
        Volume in nanolitres.
    weight_over_ug
        Actual weight in micrograms, whatever the parcel is billed for.

    Raises
    ------
    routing.errors.InvalidInputError
        If nothing is set, or with every negative limit.
    """

    longest_over_um: int | None = None
    second_over_um: int | None = None
    length_plus_girth_over_um: int | None = None
    volume_over_nl: int | None = None
    weight_over_ug: int | None = None

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))

    def met_by_sides(self, sides_um: tuple[int, int, int]) -> bool:
        """Say whether a thing of these sides, in any order, meets it; 0 is not known."""
        longest, second, _ = sorted(sides_um, reverse=True)
        around = length_plus_girth_um(*sides_um)
        return (
            _over(longest, self.longest_over_um)
            or _over(second, self.second_over_um)
            or _over(around, self.length_plus_girth_over_um)
        )

    def met_by_each(self, sides_um: Int64) -> NDArray[np.bool_]:
        """Return bool ``[p]`` of `met_by_sides` for int64 ``[p, 3]``."""
        if not self.looks_at_sides:
            return np.zeros(sides_um.shape[0], dtype=np.bool_)
        return np.array([self.met_by_sides((a, b, c)) for a, b, c in sides_um.tolist()])

    def met_by(self, sides_um: tuple[int, int, int], volume_nl: int, weight_ug: int) -> bool:
        """Say whether a parcel of these sides, volume and actual weight meets it."""
        return (
            self.met_by_sides(sides_um)
            or _over(volume_nl, self.volume_over_nl)
            or _over(weight_ug, self.weight_over_ug)
        )

    def met_by_bulk(self, volume_nl: Int64, weight_ug: Int64) -> NDArray[np.bool_]:
        """Return bool, of the shape of both: whether volume or actual weight meet it."""
        met = np.zeros(weight_ug.shape, dtype=np.bool_)
        if self.volume_over_nl is not None:
            met |= volume_nl > self.volume_over_nl
        if self.weight_over_ug is not None:
            met |= weight_ug > self.weight_over_ug
        return met

    @property
    def looks_at_sides(self) -> bool:
        """Whether sides can meet it."""
        return not (
            self.longest_over_um is None
            and self.second_over_um is None
            and self.length_plus_girth_over_um is None
        )

    def _problems(self) -> Iterator[Violation]:
        limits = [(field.name, getattr(self, field.name)) for field in fields(self)]
        if all(limit is None for _, limit in limits):
            yield Violation("trigger", "has no limit; give at least one, or leave it out")
        for name, limit in limits:
            if limit is not None and limit < 0:
                yield Violation(name, f"{limit} is negative; use 0 or more")


def _over(value: int, limit: int | None) -> bool:
    return limit is not None and value > limit
