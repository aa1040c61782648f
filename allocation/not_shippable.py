"""Why no carrier service takes a line: where it goes, or what it is."""

from __future__ import annotations

from typing import Final

from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.sourcing.build import Sourcing
from routing.sourcing.verdict import Verdict

_UG_IN_G: Final = 1_000_000
_A_CARD: Final = "a rate card that covers the destination"
_A_PLACE: Final = "a country and a known postal code, of the destination and of each location"


def not_shippable(sourcing: Sourcing, number: int) -> tuple[str, tuple[str, ...]]:
    """Return what keeps a line from being shipped by anybody, and what it would take.

    Parameters
    ----------
    number
        A line that some location has and no carrier service takes from there.
    """
    verdicts, line = sourcing.verdicts[number], sourcing.lines[number]
    if (verdicts == Verdict.TOO_LARGE).any():
        weight_g = -(-line.weight_ug * 10**line.scale // _UG_IN_G)
        what = "a part of it" if line.is_kit else f"with {weight_g:,} g, a unit"
        return (
            f"{what} is too heavy or too large for every carrier service",
            (f"a rate card that takes the weight and size of {line.title}",),
        )
    unknown = sourcing.distance_m[verdicts == Verdict.NO_RATE] >= UNKNOWN_DISTANCE_M
    said = "no carrier service has a price to the destination"
    return said, (_A_PLACE, _A_CARD) if unknown.any() else (_A_CARD,)
