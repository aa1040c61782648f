"""How long lanes wait for supply."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.order import Order
from routing.sourcing.layout import Layout
from routing.sourcing.portions import NOBODY_KNOWS_S, unix_s

Int64 = NDArray[np.int64]

_DAY_S: Final = 86_400
MOST_WAIT_DAYS: Final = 365
"""Supply that comes later than that, or nobody knows when, counts as so many days."""


def wait_days(order: Order, layout: Layout) -> Int64 | None:
    """Return int64 ``[j]``: days until a lane's supply has come, begun ones counted.

    0 for lanes that leave now; ``None`` when all of them do.
    """
    if layout.supply is None:
        return None
    start_s = layout.start_s[layout.slot]
    placed_s = unix_s(order.placed_time)
    dated = layout.later & (start_s != NOBODY_KNOWS_S)
    days = -(-(np.where(dated, start_s, placed_s) - placed_s) // _DAY_S)
    days = np.where(dated, np.clip(days, 1, MOST_WAIT_DAYS), MOST_WAIT_DAYS)
    return np.where(layout.later, days, 0).astype(np.int64)
