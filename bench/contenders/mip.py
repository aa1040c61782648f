"""A mixed-integer program as plain lists, the same for every solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Final

Terms = Mapping[int, int]
"""Column to coefficient."""

Objective = dict[int, int]
"""Column to amount, to be minimised."""

UNBOUNDED: Final = inf


@dataclass(frozen=True, slots=True)
class Row:
    """``lower <= sum of coefficient * column <= upper``; columns ascending."""

    columns: tuple[int, ...]
    coefficients: tuple[int, ...]
    lower: float
    upper: float


@dataclass(slots=True)
class Mip:
    """Integer columns with bounds, and rows over them; all coefficients are integers."""

    lower: list[int] = field(default_factory=list)
    upper: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def column(self, upper: int, lower: int = 0) -> int:
        """Add an integer column and return its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.lower) - 1

    def row(self, terms: Terms | Iterable[tuple[int, int]], lower: float, upper: float) -> None:
        """Add a row; terms of one column are added up."""
        summed: dict[int, int] = {}
        for column, coefficient in terms.items() if isinstance(terms, Mapping) else terms:
            summed[column] = summed.get(column, 0) + coefficient
        columns = tuple(sorted(summed))
        self.rows.append(Row(columns, tuple(summed[each] for each in columns), lower, upper))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a solver says.

    Attributes
    ----------
    values
        Of the columns, rounded; ``None`` without a solution.
    optimal
        Whether the solver calls them optimal, with no gap allowed.
    solver_s
        Seconds inside the solver.
    """

    values: list[int] | None
    optimal: bool
    solver_s: float
