"""Inventory items: what is stocked, how heavy and large it is, how it is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from routing.errors import Violation, raise_if_any
from routing.ids import ItemId

MAX_QUANTITY_SCALE = 6
MAX_WEIGHT_UG = 10_000_000 * 1_000_000
MAX_LENGTH_UM = 20_000 * 1_000


class BackorderPolicy(Enum):
    """What to do with units that are not in stock."""

    DENY = "deny"
    ALLOW = "allow"
    IGNORE_STOCK = "ignore_stock"


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
        if self.components and self.quantity_scale:
            problems.append(
                Violation(
                    "quantity_scale",
                    f"is {self.quantity_scale}; a kit is counted in whole units, leave it 0",
                )
            )
        raise_if_any(problems)

    @property
    def increments_per_unit(self) -> int:
        """How many increments make 1.0 unit."""
        return int(10**self.quantity_scale)

    @property
    def is_kit(self) -> bool:
        """Whether the item is picked as components."""
        return bool(self.components)
