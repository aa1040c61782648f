"""Rate zones: the numbers by which a carrier prices distance."""

from __future__ import annotations

from typing import Final, NewType

import numpy as np
from numpy.typing import NDArray

RateZone = NewType("RateZone", int)
"""A carrier's rate zone. Comparable only within one zone scheme of one carrier."""

UNKNOWN_ZONE: Final = RateZone(-1)
"""Geography that cannot be placed. It has no price, so it is never the cheapest."""

ZoneArray = NDArray[np.int16]
"""One rate zone per stock location; `UNKNOWN_ZONE` where it is not known."""
