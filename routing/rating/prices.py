"""The price of what has none."""

from __future__ import annotations

from typing import Final

import numpy as np

NO_PRICE: Final = int(np.iinfo(np.int64).max) // 8
"""Price of a parcel the tariff cannot send. A few of them still add up within 64 bits."""
