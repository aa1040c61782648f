"""Which cartons each location has, and the few different sets there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.carton import Carton
from routing.errors import Violation, raise_if_any
from routing.location import StockLocation


@dataclass(frozen=True, slots=True, eq=False)
class CartonSets:
    """Cartons of a network and where they are.

    Attributes
    ----------
    cartons
        By id.
    sets
        Different sets, each as ascending positions in `cartons`.
    of_location
        int64 ``[l]``: position in `sets`.
    """

    cartons: tuple[Carton, ...]
    sets: tuple[tuple[int, ...], ...]
    of_location: NDArray[np.int64]

    def __bool__(self) -> bool:
        return bool(self.cartons)


def make_carton_sets(cartons: Iterable[Carton], locations: Sequence[StockLocation]) -> CartonSets:
    """Work out which cartons each location has; one that names none has all.

    Raises
    ------
    routing.errors.InvalidInputError
        With every repeated carton and every location that names one that is not there.
    """
    ordered = tuple(sorted(cartons, key=lambda carton: carton.id))
    number = {carton.id: at for at, carton in enumerate(ordered)}
    problems = [
        Violation(f"cartons[{carton.id}]", "appears twice; keep one")
        for at, carton in enumerate(ordered)
        if number[carton.id] != at
    ]
    problems += [
        Violation(
            f"locations[{location.id}].carton_ids", f"carton {each!r} is unknown; put it first"
        )
        for location in locations
        for each in sorted(location.carton_ids)
        if each not in number
    ]
    raise_if_any(problems)
    everything = tuple(range(len(ordered)))
    known: dict[tuple[int, ...], int] = {}
    index = [
        known.setdefault(
            tuple(sorted(number[each] for each in location.carton_ids)) or everything, len(known)
        )
        for location in locations
    ]
    return CartonSets(ordered, tuple(known), np.array(index, dtype=np.int64))
