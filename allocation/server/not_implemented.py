"""What the contract has and this version does not serve, and what to use meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/allocation.v1.AllocationService/AllocateBatch": (
            "joint planning of many orders is not served yet: call Allocate for each order, in "
            "the order in which they should get stock, and lower inline_stock by each plan's "
            "reservations"
        ),
    }
)
"""By full method name."""
