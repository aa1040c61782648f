"""Inventory items: what is stocked, how heavy and large it is, how it is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from routing.errors import Violation, raise_if_any
from routing.ids import ItemId

MAX_QUANTITY_SCALE = 6
MAX_WEIGHT_UG = 10_000_000 * 1_000_000
MAX_LENGTH_UM = 20_000 * 1_000
MAX_SHELF_LIFE_DAYS = 36_500
MAX_LEAD_TIME_DAYS = 3_650


class BackorderPolicy(Enum):
    """What to do with units that are not in stock."""

    DENY = "deny"
    ALLOW = "allow"
    IGNORE_STOCK = "ignore_stock"


class ItemTracking(Enum):
    """How stock of an item is told apart."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


class PickOrder(Enum):
    """Which lot leaves first: first expired, first received, or last received."""

    FEFO = "fefo"
    FIFO = "fifo"
    LIFO = "lifo"


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Outer size of one unit, in micrometres, each in (0, 20 m]."""

    length_um: int
    width_um: int
    height_um: int

    def __post_init__(self) -> None:
        raise_if_any(
            [
                Violation(name, f"is {value} um; it must lie in (0, {MAX_LENGTH_UM}]")
                for name, value in (
                    ("length_um", self.length_um),
                    ("width_um", self.width_um),
                    ("height_um", self.height_um),
                )
                if not 0 < value <= MAX_LENGTH_UM
            ]
        )

    @property
    def volume_nl(self) -> int:
        """Volume of the enclosing cuboid in nanolitres, rounded up."""
        return -(-self.length_um * self.width_um * self.height_um // 1_000_000)

    @property
    def sorted_um(self) -> tuple[int, int, int]:
        """Sides from longest to shortest, in micrometres."""
        longest, middle, shortest = sorted(
            (self.length_um, self.width_um, self.height_um), reverse=True
        )
        return longest, middle, shortest


@dataclass(frozen=True, slots=True)
class KitComponent:
    """One part of a kit: ``required`` units of an item, scaled by 10**6.

    ``required_e6`` is the exact decimal quantity times one million, so that a
    requirement of 0.25 is 250_000 whatever the item's own scale is.
    """

    item_id: ItemId
    required_e6: int = 1_000_000


@dataclass(frozen=True, slots=True)
class InventoryItem:
    """Something that is stocked and shipped, or a kit of such things.

    Attributes
    ----------
    id
        Unique within a network.
    sku
        Merchant's stock keeping unit, or ``None``.
    weight_ug
        Weight of 1.0 unit in micrograms, in [0, 10 t].
    dimensions
        Size of 1.0 unit; ``None`` when unknown, and then neither dimensional
        weight nor size limits apply.
    quantity_scale
        Decimals a quantity may have, in [0, 6]. One *increment* is
        ``10**-quantity_scale`` units; all quantities inside are increments.
    ship_alone
        Each unit travels in a parcel of its own, as it is: no carton, its own size counts.
    keep_upright
        It must stay this side up: the height stays vertical in a carton.
    processing_days
        Working days a location needs before this item can leave.
    unit_value_minor
        Value of 1.0 unit in minor currency units, or ``None``.
    components
        Non-empty for a kit.
    tracking, pick_order
        How its stock is told apart, and which lot leaves first.
    min_shelf_life_days
        Days that must remain on the delivery date, in [0, 36_500].
    backorder_limit_e6
        Most units on backorder at once, over all locations, times one million;
        ``None`` for no limit.
    lead_time_days
        Days after which supply comes that is not known yet, in [0, 3650]; ``None`` when
        nobody can say.
    release_time
        Aware datetime before which it does not ship; ``None`` when it is on sale.
    substitute_ids
        Items that may be sent instead, most preferred first.
    """

    id: ItemId
    sku: str | None = None
    weight_ug: int = 0
    dimensions: Dimensions | None = None
    tags: frozenset[str] = frozenset()
    quantity_scale: int = 0
    ship_alone: bool = False
    processing_days: int = 0
    unit_value_minor: int | None = None
    backorder_policy: BackorderPolicy = BackorderPolicy.DENY
    components: tuple[KitComponent, ...] = field(default=())
    keep_upright: bool = False
    tracking: ItemTracking = ItemTracking.NONE
    pick_order: PickOrder = PickOrder.FEFO
    min_shelf_life_days: int = 0
    backorder_limit_e6: int | None = None
    lead_time_days: int | None = None
    release_time: datetime | None = None
    substitute_ids: tuple[ItemId, ...] = ()

    def __post_init__(self) -> None:
        problems = []
        if not 0 <= self.weight_ug <= MAX_WEIGHT_UG:
            problems.append(
                Violation("weight_g", f"is {self.weight_ug} ug; it must lie in [0, 10 t]")
            )
        if not 0 <= self.quantity_scale <= MAX_QUANTITY_SCALE:
            problems.append(
                Violation("quantity_scale", f"is {self.quantity_scale}; it must lie in [0, 6]")
            )
        if not 0 <= self.processing_days <= 60:
            problems.append(
                Violation("processing_days", f"is {self.processing_days}; it must lie in [0, 60]")
            )
        problems += self._supply_problems()
        if self.components and self.quantity_scale:
            problems.append(
                Violation(
                    "quantity_scale",
                    f"is {self.quantity_scale}; a kit is counted in whole units, leave it 0",
                )
            )
        raise_if_any(problems)

    def _supply_problems(self) -> list[Violation]:
        ranges = (
            ("min_remaining_shelf_life_days", self.min_shelf_life_days, MAX_SHELF_LIFE_DAYS),
            ("lead_time_days", self.lead_time_days or 0, MAX_LEAD_TIME_DAYS),
        )
        problems = [
            Violation(name, f"is {value}; it must lie in [0, {most}]")
            for name, value, most in ranges
            if not 0 <= value <= most
        ]
        if self.tracking is ItemTracking.SERIAL and self.quantity_scale:
            problems.append(
                Violation(
                    "quantity_scale",
                    f"is {self.quantity_scale}; serial numbers are of whole units, leave it 0",
                )
            )
        if self.tracking is not ItemTracking.NONE and self.components:
            problems.append(
                Violation("tracking", "is set for a kit; its components are tracked, not itself")
            )
        return problems

    def is_preordered(self, placed_time: datetime) -> bool:
        """Whether it is not on sale yet for an order placed at an aware time."""
        return self.release_time is not None and self.release_time > placed_time

    def is_told_apart(self, placed_time: datetime) -> bool:
        """Whether one figure of its stock may not say all about it; as `is_preordered`."""
        return self.tracking is not ItemTracking.NONE or self.is_preordered(placed_time)

    @property
    def increments_per_unit(self) -> int:
        """How many increments make 1.0 unit."""
        return int(10**self.quantity_scale)

    @property
    def is_kit(self) -> bool:
        """Whether the item is picked as components."""
        return bool(self.components)
