"""From order lines as asked to lines in increments of items, kits exploded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from routing.errors import Violation, raise_if_any
from routing.ids import ItemId, LineId, LocationId, LotId
from routing.item import BackorderPolicy, Dimensions, InventoryItem, KitComponent
from routing.network import Network
from routing.order import Order, OrderLine
from routing.quantity import E6, Quantity, increments_from_e6, quantity_of
from routing.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class ItemUse:
    """Increments of an item that one increment of a line takes."""

    item: InventoryItem
    increments: int


@quick
@dataclass(frozen=True, slots=True)
class ResolvedLine:
    """A line that requires shipping, in increments.

    Attributes
    ----------
    item_id, sku
        Of the item or kit; ``None`` for a line with components of its own.
    demand
        Increments ordered; one increment is ``10**-scale`` line units.
    uses
        What one increment takes; several entries for a kit.
    is_kit
        Whether a line unit is made of parts that could be packed apart.
    weight_ug
        Weight of one increment in micrograms, rounded up.
    dimensions
        Of one line unit, if it is one thing of known size.
    value_minor
        Value of one increment in minor units, rounded down.
    substitute_rank
        0 for what was ordered; else its place among the substitutes, from 1.
    pickup_location_id
        Where the shopper collects it; ``None`` when it is delivered.
    release_time
        Aware; before which a kit does not ship, whatever its components do. ``None``: no such time.
    """

    id: LineId
    title: str
    item_id: ItemId | None
    sku: str | None
    demand: int
    scale: int
    uses: tuple[ItemUse, ...]
    is_kit: bool
    weight_ug: int
    dimensions: Dimensions | None
    ship_alone: bool
    keep_upright: bool
    value_minor: int
    processing_days: int
    tags: frozenset[str]
    backorder_policy: BackorderPolicy
    allowed_location_ids: frozenset[LocationId]
    excluded_location_ids: frozenset[LocationId]
    group: str | None
    lot_ids: frozenset[LotId]
    serials: frozenset[str]
    min_shelf_life_days: int
    substitute_rank: int = 0
    pickup_location_id: LocationId | None = None
    release_time: datetime | None = None

    def quantity(self, increments: int) -> Quantity:
        """Return increments of this line as a quantity of line units."""
        return quantity_of(increments, self.scale)


def resolve_lines(order: Order, network: Network) -> tuple[ResolvedLine, ...]:
    """Resolve every line that requires shipping.

    Raises
    ------
    InvalidInputError
        With every unknown item and every quantity that is not a whole number
        of increments.
    """
    problems: list[Violation] = []
    resolved = [
        line
        for number, asked in enumerate(map(_pinned_as(order), order.lines))
        if asked.requires_shipping
        and (line := resolve_line(asked, network, f"order.lines[{number}]", problems)) is not None
    ]
    raise_if_any(problems)
    return tuple(resolved)


def _pinned_as(order: Order) -> Callable[[OrderLine], OrderLine]:
    """Return what pins a line to where the whole order is collected, if it is."""
    store = order.destination.pickup_location_id

    def pinned(asked: OrderLine) -> OrderLine:
        if store is None or asked.pickup_location_id is not None:
            return asked
        return replace(asked, pickup_location_id=store)

    return pinned


def unknown_items(order: Order, network: Network) -> tuple[ItemId, ...]:
    """Return items that lines name and the network does not have, in order, once each."""
    items = network.items
    for line in order.lines:
        if line.item_id is None or line.item_id not in items:
            break
    else:
        return ()
    named = [
        item_id
        for line in order.lines
        for item_id in (
            [line.item_id] if line.item_id is not None else [c.item_id for c in line.components]
        )
    ]
    return tuple(dict.fromkeys(each for each in named if network.item(each) is None))


def stocked_items(order: Order, network: Network) -> tuple[ItemId, ...]:
    """Return the items whose stock an order can be filled from, kits taken apart, once each.

    Items that the network does not have are left out.
    """
    found: dict[ItemId, None] = {}
    seen: set[ItemId] = set()
    pending: list[ItemId] = []
    for line in order.lines:
        if not line.requires_shipping:
            continue
        if line.item_id is not None:
            pending.append(line.item_id)
        else:
            pending += [component.item_id for component in line.components]
        pending += line.substitute_ids
    items = network.items
    while pending:
        item = items.get(pending.pop())
        if item is None or item.id in seen:
            continue
        seen.add(item.id)
        if item.components:
            pending += [component.item_id for component in item.components]
        else:
            found[item.id] = None
    return tuple(found)


def resolve_line(
    asked: OrderLine, network: Network, path: str, problems: list[Violation]
) -> ResolvedLine | None:
    """Resolve one line; ``None`` with its problems added when it cannot be."""
    item = network.item(asked.item_id) if asked.item_id is not None else None
    if asked.item_id is not None and item is None:
        problems.append(Violation(f"{path}.inventory_item_id", f"{asked.item_id!r} is unknown"))
        return None
    components = asked.components or (item.components if item is not None else ())
    scale = 0 if components else (item.quantity_scale if item is not None else 0)
    demand = increments_from_e6(asked.quantity_e6, scale)
    if demand is None or demand <= 0:
        problems.append(
            Violation(
                f"{path}.quantity",
                f"is {Quantity(asked.quantity_e6, 6)}; it must be a positive multiple of "
                f"{Quantity(1, scale)}",
            )
        )
        return None
    uses = _explode(components, network, f"{path}.components", problems) if components else ()
    if components and uses is None:
        return None
    if item is not None and not components:
        uses = (ItemUse(item, 1),)
    line = _assemble(asked, item, uses or (), demand, scale, is_kit=bool(components))
    return _with_terms_of_kits(line, item, components, network) if components else line


def _with_terms_of_kits(
    line: ResolvedLine,
    kit: InventoryItem | None,
    components: Sequence[KitComponent],
    network: Network,
) -> ResolvedLine:
    """Return the line with what its kit, and the kits within it, ask of their components."""
    kits = [] if kit is None else [kit]
    pending = list(components)
    while pending:
        item = network.items[pending.pop().item_id]
        if item.is_kit:
            kits.append(item)
            pending += item.components
    days = max((each.min_shelf_life_days for each in kits), default=0)
    releases = [each.release_time for each in kits if each.release_time is not None]
    if days <= line.min_shelf_life_days and not releases:
        return line
    return replace(
        line,
        min_shelf_life_days=max(days, line.min_shelf_life_days),
        release_time=max(releases, default=None),
    )


def _assemble(
    asked: OrderLine,
    item: InventoryItem | None,
    uses: tuple[ItemUse, ...],
    demand: int,
    scale: int,
    *,
    is_kit: bool,
) -> ResolvedLine:
    one = len(uses) == 1 and uses[0].increments == uses[0].item.increments_per_unit
    of_use = () if item is not None and not is_kit else uses
    shape = item if item is not None else (uses[0].item if one else None)
    return ResolvedLine(
        id=asked.id,
        title=(item.sku or item.id) if item is not None else asked.id,
        item_id=None if item is None else item.id,
        sku=None if item is None else item.sku,
        demand=demand,
        scale=scale,
        uses=uses,
        is_kit=is_kit and not one,
        weight_ug=_weight_ug(asked, item, uses, scale, is_kit=is_kit),
        dimensions=None if shape is None else shape.dimensions,
        ship_alone=(item is not None and item.ship_alone) or (one and uses[0].item.ship_alone),
        keep_upright=shape is not None and shape.keep_upright,
        value_minor=_value_minor(asked, item, scale),
        processing_days=max(
            [
                0 if item is None else item.processing_days,
                *(use.item.processing_days for use in of_use),
            ]
        ),
        tags=asked.tags.union(
            () if item is None else item.tags, *(use.item.tags for use in of_use)
        ),
        backorder_policy=asked.backorder_policy
        or (item.backorder_policy if item is not None else uses[0].item.backorder_policy),
        allowed_location_ids=asked.allowed_location_ids,
        excluded_location_ids=asked.excluded_location_ids,
        group=asked.group,
        lot_ids=asked.lot_ids,
        serials=asked.serials,
        min_shelf_life_days=asked.min_shelf_life_days,
        pickup_location_id=asked.pickup_location_id,
    )


def _value_minor(asked: OrderLine, item: InventoryItem | None, scale: int) -> int:
    unit = asked.unit_price_minor
    if item is not None and item.unit_value_minor is not None:
        unit = item.unit_value_minor
    return unit // int(10**scale)


def _weight_ug(
    asked: OrderLine,
    item: InventoryItem | None,
    uses: tuple[ItemUse, ...],
    scale: int,
    *,
    is_kit: bool,
) -> int:
    if asked.weight_ug is not None:
        return -(-asked.weight_ug // int(10**scale))
    if item is not None and (item.weight_ug or not is_kit):
        return -(-item.weight_ug // int(10**scale))
    return sum(use_weight_ug(use) for use in uses)


def use_weight_ug(use: ItemUse) -> int:
    """Return the weight of an item use in micrograms, rounded up."""
    return -(-use.item.weight_ug * use.increments // use.item.increments_per_unit)


def _explode(
    components: Sequence[KitComponent], network: Network, path: str, problems: list[Violation]
) -> tuple[ItemUse, ...] | None:
    required: dict[ItemId, Fraction] = {}
    pending = [(each.item_id, Fraction(each.required_e6, E6)) for each in components]
    while pending:
        item_id, units = pending.pop(0)
        item = network.item(item_id)
        if item is None:
            problems.append(Violation(path, f"item {item_id!r} is unknown"))
            return None
        if item.is_kit:
            pending += [
                (each.item_id, units * Fraction(each.required_e6, E6)) for each in item.components
            ]
        else:
            required[item_id] = required.get(item_id, Fraction(0)) + units
    uses = []
    for item_id, units in required.items():
        item = network.items[item_id]
        increments = units * item.increments_per_unit
        if increments.denominator != 1:
            problems.append(
                Violation(
                    path,
                    f"need {float(units)} of {item_id!r}, which is counted in steps of "
                    f"{Quantity(1, item.quantity_scale)}; change the requirement or its "
                    "quantity_scale",
                )
            )
            return None
        uses.append(ItemUse(item, int(increments)))
    return tuple(uses)
