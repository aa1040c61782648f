"""Labour: the time that people spend on an order, as money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from routing.errors import Violation, raise_if_any
from routing.rating.minor_units import round_half_up

HOUR_S: Final = 3_600
LONGEST_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Labour:
    """What an hour costs, and the seconds that things take.

    Attributes
    ----------
    per_hour_minor
        Cost of an hour in minor units, 0 or more.
    shipment_s, line_s, unit_s, parcel_s
        Seconds for each, 0 to a day.

    Raises
    ------
    routing.errors.InvalidInputError
        With every value out of range.
    """

    per_hour_minor: int
    shipment_s: int = 0
    line_s: int = 0
    unit_s: int = 0
    parcel_s: int = 0

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))

    def cost_minor(self, seconds: int) -> int:
        """Return what an amount of time costs, to the nearest minor unit, halves upward."""
        return round_half_up(seconds * self.per_hour_minor, HOUR_S)

    def _problems(self) -> Iterator[Violation]:
        if self.per_hour_minor < 0:
            yield Violation("per_hour", f"is {self.per_hour_minor}; a cost cannot be negative")
        for name in ("shipment_s", "line_s", "unit_s", "parcel_s"):
            if not 0 <= getattr(self, name) <= LONGEST_S:
                message = f"is {getattr(self, name)}; it must lie in [0, {LONGEST_S}]"
                yield Violation(name, message)
