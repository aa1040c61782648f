"""Exact quantities: integers of an increment that is a power of ten."""

from __future__ import annotations

from dataclasses import dataclass

from routing.quick import quick

E6 = 1_000_000


@quick
@dataclass(frozen=True, slots=True)
class Quantity:
    """``increments * 10**-scale`` units."""

    increments: int
    scale: int = 0

    def __str__(self) -> str:
        if self.scale == 0:
            return str(self.increments)
        sign = "-" if self.increments < 0 else ""
        digits = str(abs(self.increments)).rjust(self.scale + 1, "0")
        whole, part = digits[: -self.scale], digits[-self.scale :].rstrip("0")
        return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


_SMALL = tuple(Quantity(increments) for increments in range(256))


def quantity_of(increments: int, scale: int) -> Quantity:
    """Return a quantity; those that nearly all are, few whole units, are made only once."""
    if scale == 0 and 0 <= increments < len(_SMALL):
        return _SMALL[increments]
    return Quantity(increments, scale)


def increments_from_e6(value_e6: int, scale: int) -> int | None:
    """Return how many increments of ``10**-scale`` a value of millionths is, exactly.

    Returns
    -------
    int or None
        ``None`` when the value is not a whole number of increments.
    """
    whole, rest = divmod(value_e6 * int(10**scale), E6)
    return None if rest else whole
