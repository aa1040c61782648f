"""Exact units of weight, length and volume.

Everything inside is an integer: micrograms (``_ug``), micrometres (``_um``) and
nanolitres (``_nl``, one cubic millimetre is 1,000 of them). The international
avoirdupois pound (0.453 592 37 kg), the inch (25.4 mm) and the mile (1,609.344 m)
are defined in metric units, so every constant here is exact and a published
boundary ("up to 70 lb") stays exactly where the carrier put it.

A published limit becomes the greatest integer that still keeps it, and the
comparison is always ``value <= limit``.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Final

UG_PER_LB: Final = 453_592_370
UG_PER_KG: Final = 1_000_000_000
UM_PER_IN: Final = 25_400
UM_PER_CM: Final = 10_000
NL_PER_IN3: Final = 16_387_064
NL_PER_CM3: Final = 1_000_000
M_PER_MILE: Final = Fraction(1_609_344, 1_000)


def limit_ug_from_lb(limit_lb: Decimal) -> int:
    """Return the greatest weight in micrograms that is at most `limit_lb` pounds."""
    return floor(Fraction(limit_lb) * UG_PER_LB)


def limit_ug_from_kg(limit_kg: Decimal) -> int:
    """Return the greatest weight in micrograms that is at most `limit_kg` kilograms."""
    return floor(Fraction(limit_kg) * UG_PER_KG)


def limit_um_from_in(limit_in: Decimal) -> int:
    """Return the greatest length in micrometres that is at most `limit_in` inches."""
    return floor(Fraction(limit_in) * UM_PER_IN)


def limit_um_from_cm(limit_cm: Decimal) -> int:
    """Return the greatest length in micrometres that is at most `limit_cm` centimetres."""
    return floor(Fraction(limit_cm) * UM_PER_CM)


def limit_nl_from_in3(limit_in3: Decimal) -> int:
    """Return the greatest volume in nanolitres that is at most `limit_in3` cubic inches."""
    return floor(Fraction(limit_in3) * NL_PER_IN3)


def limit_nl_from_cm3(limit_cm3: Decimal) -> int:
    """Return the greatest volume in nanolitres that is at most `limit_cm3` cubic centimetres."""
    return floor(Fraction(limit_cm3) * NL_PER_CM3)


def limit_m_from_miles(limit_miles: Decimal) -> int:
    """Return the greatest whole number of metres that is at most `limit_miles` miles."""
    return floor(Fraction(limit_miles) * M_PER_MILE)


def dim_divisor_from_cm3_per_kg(divisor_cm3_per_kg: Decimal) -> Fraction:
    """Return a metric dimensional divisor, exactly, in cubic inches per pound."""
    nl_per_ug = Fraction(divisor_cm3_per_kg) * NL_PER_CM3 / UG_PER_KG
    return nl_per_ug * UG_PER_LB / NL_PER_IN3
