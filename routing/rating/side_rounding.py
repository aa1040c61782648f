"""Side rounding: how a carrier rounds the sides of a parcel before it takes its volume."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from routing.errors import Violation, raise_if_any


class SideRounds(Enum):
    """In which direction."""

    NEAREST = "NEAREST"
    UP = "UP"


@dataclass(frozen=True, slots=True)
class SideRounding:
    """Rounds to whole multiples of a step.

    Attributes
    ----------
    step_um
        The step in micrometres, above 0: 25,400 is an inch.
    up
        Whether every side is rounded up; else to the nearest multiple, halves upward.

    Raises
    ------
    routing.errors.InvalidInputError
        If the step is not above 0.
    """

    step_um: int
    up: bool = False

    def __post_init__(self) -> None:
        if self.step_um <= 0:
            raise_if_any([Violation("side_rounding", f"step {self.step_um} um is not above 0")])

    def rounded_um(self, side_um: int) -> int:
        """Return one side, rounded; never to 0."""
        if self.up:
            return -(-side_um // self.step_um) * self.step_um
        return max(1, (2 * side_um + self.step_um) // (2 * self.step_um)) * self.step_um
