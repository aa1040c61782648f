"""What the contract has and this version does not serve, and what to use meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HOLD: Final = (
    "ALLOCATE_MODE_HOLD is not served yet: send ALLOCATE_MODE_PLAN_ONLY and write the plan's "
    "reservations in your own backend, under its lock"
)
LOTS_AND_SERIALS: Final = (
    "lot_ids and serials of a line are not served yet: leave them out and choose lots when picking"
)

_PLANS: Final = (
    "plans are not stored yet: keep the plan that Allocate returned, and reserve its "
    "reservations in your own backend"
)
_STOCK: Final = (
    "the stock ledger is not served yet: keep levels in your own backend and send them as "
    "inline_stock with Allocate and Quote"
)

INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/allocation.v1.AllocationService/AllocateBatch": (
            "joint planning of many orders is not served yet: call Allocate for each order, in "
            "the order in which they should get stock, and lower inline_stock by each plan's "
            "reservations"
        ),
        "/allocation.v1.AllocationService/GetPlan": _PLANS,
        "/allocation.v1.AllocationService/CommitPlan": _PLANS,
        "/allocation.v1.AllocationService/ReleasePlan": _PLANS,
        "/allocation.v1.AllocationService/ExtendPlan": _PLANS,
        "/allocation.v1.AllocationService/FulfillPlan": _PLANS,
        "/allocation.v1.AllocationService/ReallocatePlan": (
            "planning a stored plan again is not served yet: call Allocate with what is left of "
            "the order, and name the locations that refused it in options.excluded_location_ids"
        ),
        "/allocation.v1.AllocationService/ExplainPlan": (
            "explaining a stored plan is not served yet: call Allocate with options.explain set"
        ),
        "/allocation.v1.StockService/SetLevels": _STOCK,
        "/allocation.v1.StockService/AdjustStock": _STOCK,
        "/allocation.v1.StockService/GetAvailability": _STOCK,
        "/allocation.v1.StockService/WatchStock": _STOCK,
        "/allocation.v1.StockService/AuditStock": _STOCK,
    }
)
"""By full method name."""
