"""Axes: round steps, and where a value lies."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis from 0.

    Attributes
    ----------
    top
        Value at its end.
    step
        Between two lines of the grid.
    """

    top: float
    step: float

    @property
    def ticks(self) -> list[float]:
        """Where the lines of the grid are, 0 and `top` among them."""
        return [number * self.step for number in range(round(self.top / self.step) + 1)]

    def percent(self, share: float) -> str:
        """Return a share as a percentage with the decimals that the grid needs."""
        whole = abs(self.step * 100 - round(self.step * 100)) < 1e-9
        return f"{share:.0%}" if whole else f"{share:.1%}"

    def share(self, value: float) -> float:
        """Return where a value lies between 0 and the end of the axis, in [0, 1]."""
        return min(1.0, max(0.0, value / self.top))


def axis_to(greatest: float, steps: int = 4) -> Axis:
    """Return an axis of about that many round steps that holds a value."""
    if greatest <= 0:
        return Axis(1.0, 1.0)
    rough = greatest / steps
    base = 10.0 ** math.floor(math.log10(rough))
    step = next(base * factor for factor in (1, 2, 2.5, 5, 10) if base * factor >= rough * 0.999999)
    return Axis(step * math.ceil(greatest / step - 1e-9), step)


def axis_of_counts(greatest: int, steps: int = 4) -> Axis:
    """Return an axis that holds a count, whose lines are at whole numbers."""
    axis = axis_to(greatest, steps)
    step = math.ceil(axis.step)
    return Axis(step * max(1.0, math.ceil(greatest / step)), step)
