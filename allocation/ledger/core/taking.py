"""What adjustments may take from a level, and what to say of those that take more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.level import Buckets


class Limit(NamedTuple):
    """How many increments an adjustment may take, of what, and what to do about more."""

    most: int
    of_what: str
    way_out: str


_COUNT_FIRST: Final = "if more is there, say so first (COUNT or RECEIVE)"
_SET_ASIDE_FIRST: Final = "set units aside first (DAMAGE or QUARANTINE)"


def limit_of(adjustment: Adjustment, buckets: Buckets) -> Limit | None:
    """Return what an adjustment may take of a level; ``None`` if it takes nothing."""
    find = _LIMITS.get(adjustment.kind)
    return None if find is None else find(buckets)


def _to_set_aside(buckets: Buckets) -> Limit:
    there = buckets.on_hand - buckets.unavailable
    return Limit(there, "on hand and not set aside yet", _COUNT_FIRST)


def _set_aside(buckets: Buckets) -> Limit:
    return Limit(buckets.unavailable, "set aside", _SET_ASIDE_FIRST)


def _to_move(buckets: Buckets) -> Limit:
    # Safety stock keeps shoppers away, not the people who move stock.
    there = buckets.available + buckets.safety_stock
    return Limit(
        there,
        "free to move: on hand, not set aside, and not of plans",
        "release or reallocate plans that have the others; " + _COUNT_FIRST,
    )


_LIMITS: Final[Mapping[AdjustmentKind, Callable[[Buckets], Limit]]] = MappingProxyType(
    {
        AdjustmentKind.DAMAGE: _to_set_aside,
        AdjustmentKind.QUARANTINE: _to_set_aside,
        AdjustmentKind.RESTORE: _set_aside,
        AdjustmentKind.WRITE_OFF: _set_aside,
        AdjustmentKind.TRANSFER: _to_move,
    }
)
