"""Why no carrier service takes a line: where it goes, or what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.network import Network
from routing.order import Order
from routing.sourcing.build import Sourcing
from routing.sourcing.unpriced import Unpriced, unpriced
from routing.sourcing.verdict import Verdict

_UG_IN_G: Final = 1_000_000
_A_CARD: Final = "a rate card that covers the destination"
_A_PLACE: Final = "a country and a known postal code, of the destination and of each location"


def not_shippable(
    sourcing: Sourcing, order: Order, network: Network, number: int
) -> tuple[str, tuple[str, ...]]:
    """Return what keeps a line from being shipped by anybody, and what it would take.

    Parameters
    ----------
    order, network
        What the problem was built from.
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
    stuck = np.flatnonzero(verdicts == Verdict.NO_RATE)
    reasons = unpriced(order, network, stuck.tolist())
    said = f"no carrier service has a price to the destination: {_listed(reasons)}"
    remedies = [each.remedy for each in reasons if each.remedy is not None] or [_A_CARD]
    if (sourcing.distance_m[stuck] >= UNKNOWN_DISTANCE_M).any():
        remedies.insert(0, _A_PLACE)
    return said, tuple(dict.fromkeys(remedies))


def _listed(reasons: Sequence[Unpriced]) -> str:
    return "; ".join(each.said for each in reasons)
