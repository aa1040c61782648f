"""What is available of one item, as arrays over the locations that stock it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """Availability of one item; never changed, only replaced.

    Attributes
    ----------
    locations
        int32 ``[n]``, increasing: numbers of the locations that have some available.
    available
        int64 ``[n]``: increments, at least 1.
    empty
        int32 ``[m]``, increasing: numbers of the locations that have a level and nothing
        available.
    """

    locations: NDArray[np.int32]
    available: NDArray[np.int64]
    empty: NDArray[np.int32]


NO_COLUMN = ItemColumn(
    np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
)


_FEW: Final = 64
"""Up to so many locations, plain Python is faster than arrays."""


def column_of(available: Mapping[int, int]) -> ItemColumn:
    """Build a column from location number → increments of any sign."""
    numbers = sorted(available)
    some = [number for number in numbers if available[number] > 0]
    none = [number for number in numbers if available[number] <= 0]
    return ItemColumn(
        np.array(some, dtype=np.int32),
        np.array([available[number] for number in some], dtype=np.int64),
        np.array(none, dtype=np.int32),
    )


def updated(column: ItemColumn, changes: Mapping[int, int]) -> ItemColumn:
    """Return a column with some locations set to new figures."""
    if all(figure > 0 for figure in changes.values()):
        known = _with_figures(column, changes)
        if known is not None:
            return known
    if len(column.locations) + len(column.empty) <= _FEW:
        before = dict(zip(column.locations.tolist(), column.available.tolist(), strict=True))
        return column_of({**before, **dict.fromkeys(column.empty.tolist(), 0), **changes})
    new = column_of(changes)
    numbers = np.concatenate((column.locations, column.empty))
    figures = np.concatenate((column.available, np.zeros(len(column.empty), dtype=np.int64)))
    changed = np.concatenate((new.locations, new.empty))
    kept = ~np.isin(numbers, changed)
    numbers = np.concatenate((numbers[kept], changed))
    figures = np.concatenate(
        (figures[kept], new.available, np.zeros(len(new.empty), dtype=np.int64))
    )
    order = np.argsort(numbers)
    numbers, figures = numbers[order], figures[order]
    some = figures > 0
    return ItemColumn(numbers[some], figures[some], numbers[~some])


def _with_figures(column: ItemColumn, changes: Mapping[int, int]) -> ItemColumn | None:
    """Return a column with other figures, ``None`` if other locations have some available.

    Nearly every hold comes to this. It shares the arrays of locations, so that what was worked
    out from them need not be worked out anew.
    """
    locations, available = column.locations, column.available.copy()
    count = len(locations)
    for number, figure in changes.items():
        at = int(locations.searchsorted(number))
        if at == count or locations[at] != number:
            return None
        available[at] = figure
    return ItemColumn(locations, available, column.empty)
