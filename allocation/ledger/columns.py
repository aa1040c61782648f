"""What is available of one item, as arrays over the locations that stock it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


def column_of(available: Mapping[int, int]) -> ItemColumn:
    """Build a column from location number → increments of any sign."""
    numbers = np.fromiter(sorted(available), dtype=np.int32, count=len(available))
    figures = np.fromiter(
        (available[number] for number in numbers.tolist()), dtype=np.int64, count=len(available)
    )
    return _split(numbers, figures)


def updated(column: ItemColumn, changes: Mapping[int, int]) -> ItemColumn:
    """Return a column with some locations set to new figures."""
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
    return _split(numbers[order], figures[order])


def _split(numbers: NDArray[np.int32], figures: NDArray[np.int64]) -> ItemColumn:
    some = figures > 0
    return ItemColumn(numbers[some], figures[some], numbers[~some])
