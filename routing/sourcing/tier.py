"""Objectives, one below the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.quick import quick


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Tier:
    """One objective of a lexicographic strategy.

    The value of an allocation is the sum of everything that is set: per
    shipment, per line unit shipped, per line unit unfilled, and the landed cost.

    Attributes
    ----------
    name
        ``"unfilled"``, ``"cost"``, ``"fewest_shipments"``, ``"closest"``.
    shipment
        int64 ``[n_lanes]``: amount for each shipment on the lane; ``None`` is 0.
    unit
        int64 ``[n_lines, n_lanes]``: amount per increment shipped; ``None`` is 0.
    unfilled
        int64 ``[n_lines]``: amount per increment left unfilled; ``None`` is 0.
    counts_cost
        Whether the landed cost (postage, handling, penalties; not the
        unfilled amounts of other tiers) is part of the value.
    """

    name: str
    shipment: NDArray[np.int64] | None = None
    unit: NDArray[np.int64] | None = None
    unfilled: NDArray[np.int64] | None = None
    counts_cost: bool = False
