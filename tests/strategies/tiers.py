"""Strategies as lists of tiers, as rule sets make them, and some that only tests think of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from routing.sourcing.problem import Lanes
from routing.sourcing.tier import Tier
from tests.strategies.draws import Draws, chance, pick

_USUAL_FIRST = (0,) * 18 + (1,) * 6 + (2,) * 8 + (3, 4, 5, 6, 8) * 3 + (7,)
COST = Tier("cost", counts_cost=True)


def unfilled(n_lines: int) -> Tier:
    """Return the tier that fills as many increments as possible."""
    return Tier("unfilled", unfilled=np.ones(n_lines, dtype=np.int64))


def fewest_shipments(lanes: Lanes) -> Tier:
    """Return the tier that counts shipments."""
    return Tier("fewest_shipments", shipment=np.ones(len(lanes), dtype=np.int64))


def closest(lanes: Lanes) -> Tier:
    """Return the tier that adds up the distances of the shipments."""
    return Tier("closest", shipment=lanes.distance_m.copy())


def ranked(n_lines: int, lanes: Lanes) -> Tier:
    """Return the tier that prefers locations of better rank, unit by unit."""
    rank = np.broadcast_to(lanes.location.astype(np.int64), (n_lines, len(lanes)))
    return Tier("ranked", unit=rank.copy())


def _mixed(draws: Draws, n_lines: int, lanes: Lanes) -> Tier:
    """Return one weighted sum of everything; unit amounts may be credits."""
    amounts = [draws.integer(-3, 6) for _ in range(n_lines * len(lanes))]
    return Tier(
        "weighted",
        shipment=lanes.distance_m // 1_000,
        unit=40 * np.array(amounts, dtype=np.int64).reshape(n_lines, len(lanes)),
        unfilled=np.array([100 * draws.integer(0, 9) for _ in range(n_lines)], dtype=np.int64),
        counts_cost=chance(draws, 70),
    )


def draw_tiers(draws: Draws, n_lines: int, lanes: Lanes) -> tuple[Tier, ...]:
    """Return a strategy; the default, fill first and then cost, about twice in five times."""
    makers: tuple[Callable[[], tuple[Tier, ...]], ...] = (
        lambda: (unfilled(n_lines), COST),
        lambda: (COST,),
        lambda: (unfilled(n_lines), fewest_shipments(lanes), closest(lanes), COST),
        lambda: (unfilled(n_lines), ranked(n_lines, lanes), COST),
        lambda: (_mixed(draws, n_lines, lanes), COST),
        lambda: (unfilled(n_lines), COST, fewest_shipments(lanes)),
        lambda: (unfilled(n_lines), closest(lanes)),
        lambda: (fewest_shipments(lanes), unfilled(n_lines), COST),
        lambda: (unfilled(n_lines), _mixed(draws, n_lines, lanes)),
    )
    return makers[pick(draws, _USUAL_FIRST)]()
