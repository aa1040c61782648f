"""Dimensional weight: the weight a carrier bills for a parcel's volume."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation, raise_if_any
from routing.rating.weights import NL_PER_IN3, UG_PER_LB

_INT64_ROOM: Final = 2**62
LEAST_DIVISOR_IN3_PER_LB: Final = Fraction(30)


@dataclass(frozen=True, slots=True)
class DimensionalRule:
    """Volume to weight, exactly: weight = volume / divisor, above a threshold.

    Attributes
    ----------
    divisor_in3_per_lb
        Cubic inches billed as one pound; at least 30 (published ones are 110 to 250).
    threshold_nl
        Only a parcel of *more* than this volume has a dimensional weight; 0 means all.

    Raises
    ------
    routing.errors.InvalidInputError
        If the divisor is out of range or too fine to be exact in 64 bits, or the
        threshold is negative.
    """

    divisor_in3_per_lb: Fraction
    threshold_nl: int = 0
    _ratio: tuple[int, int] = field(init=False, repr=False, compare=False, default=(0, 1))

    def __post_init__(self) -> None:
        problems: list[Violation] = []
        if self.divisor_in3_per_lb < LEAST_DIVISOR_IN3_PER_LB:
            problems.append(
                Violation("dim_divisor_in3_per_lb", f"{self.divisor_in3_per_lb} is below 30")
            )
        else:
            ratio = self.ug_per_nl
            if ratio.numerator * ratio.denominator >= _INT64_ROOM:
                problems.append(
                    Violation(
                        "dim_divisor_in3_per_lb",
                        f"{self.divisor_in3_per_lb} has too many digits to be exact; round it",
                    )
                )
        if self.threshold_nl < 0:
            problems.append(Violation("dim_threshold_nl", f"{self.threshold_nl} is negative"))
        raise_if_any(problems)
        # Kept as integers: arithmetic on fractions would take longer than pricing a table.
        object.__setattr__(self, "_ratio", self.ug_per_nl.as_integer_ratio())

    @property
    def ug_per_nl(self) -> Fraction:
        """Micrograms billed per nanolitre, in lowest terms."""
        return UG_PER_LB / (self.divisor_in3_per_lb * NL_PER_IN3)

    def weight_ug(self, volume_nl: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the dimensional weight of each volume, rounded up to the microgram.

        Whole denominators are split off first, so no product leaves 64 bits and the
        result is exact for every non-negative volume.

        Parameters
        ----------
        volume_nl
            int64, any shape, 0 or more.

        Returns
        -------
        NDArray[np.int64]
            Same shape; 0 where the volume is not above the threshold.
        """
        numerator, denominator = self._ratio
        whole, rest = np.divmod(np.asarray(volume_nl, dtype=np.int64), denominator)
        weight = whole * numerator - (-(rest * numerator) // denominator)
        return np.where(volume_nl > self.threshold_nl, weight, 0)

    def greatest_nl(self, weight_ug: int) -> int:
        """Return the greatest volume of which the dimensional weight is at most `weight_ug`."""
        numerator, denominator = self._ratio
        return max(self.threshold_nl, weight_ug * denominator // numerator)

    def weight_of_one_ug(self, volume_nl: int) -> int:
        """Return what `weight_ug` does for a single volume."""
        if volume_nl <= self.threshold_nl:
            return 0
        numerator, denominator = self._ratio
        return -(-volume_nl * numerator // denominator)
