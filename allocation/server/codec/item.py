"""Inventory items and kits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from allocation.server.codec.decimal import (
    E6_SCALE,
    MOST_QUANTITY,
    decode_quantity_e6,
    decode_range_e6,
    decode_scaled,
)
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.measures import decode_dimensions
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.text import decode_id, decode_prose, decode_word, decode_words
from allocation.server.codec.times import decode_time
from routing.ids import ItemId
from routing.item import (
    MAX_WEIGHT_UG,
    BackorderPolicy,
    InventoryItem,
    ItemTracking,
    KitComponent,
    PickOrder,
)
from routing.quantity import E6
from routing.v1 import backorder_pb2, item_pb2

MOST_COMPONENTS: Final = 64
MOST_SUBSTITUTES: Final = 64
MOST_WEIGHT_G: Final = MAX_WEIGHT_UG // E6
_UM_PER_E6_MM: Final = 1_000

TRACKINGS: Final = EnumTable(
    item_pb2.ItemTracking, "ITEM_TRACKING", ItemTracking, ItemTracking.NONE
)
PICK_ORDERS: Final = EnumTable(item_pb2.PickOrder, "PICK_ORDER", PickOrder, PickOrder.FEFO)
BACKORDER_POLICIES: Final = EnumTable(
    backorder_pb2.BackorderPolicy, "BACKORDER_POLICY", BackorderPolicy, BackorderPolicy.DENY
)

# Kept and given back, but without effect on plans so far: better said than found out.
_UNUSED_FIELDS: Final = ("origin_country",)


def decode_item(
    message: item_pb2.InventoryItem, path: str, findings: Findings, currencies: Collection[str]
) -> InventoryItem | None:
    """Return an item; ``None`` when it has a problem.

    Parameters
    ----------
    currencies
        Those of the rate cards: a value in another one cannot be compared with prices.
    """
    known = len(findings.violations)
    item_id = decode_id(message.id, f"{path}.id", findings)
    decode_prose(message.title, f"{path}.title", findings)
    sku = decode_word(message.sku, f"{path}.sku", findings)
    weight_ug = _weight_ug(message, path, findings)
    dimensions = None
    if message.HasField("dimensions"):
        dimensions = decode_dimensions(message.dimensions, f"{path}.dimensions", findings)
    tags = decode_words(message.tags, f"{path}.tags", findings)
    value = _unit_value(message, path, findings, currencies)
    backorder = BACKORDER_POLICIES.decode(
        message.backorder_policy, f"{path}.backorder_policy", findings
    )
    components = decode_components(message.components, f"{path}.components", findings)
    tracking = TRACKINGS.decode(message.tracking, f"{path}.tracking", findings)
    pick_order = PICK_ORDERS.decode(message.pick_order, f"{path}.pick_order", findings)
    limit = _backorder_limit(message, path, findings)
    release = None
    if message.HasField("release_time"):
        release = decode_time(message.release_time, f"{path}.release_time", findings)
    _check_unused(message, findings)
    item = findings.build(
        path,
        lambda: InventoryItem(
            id=ItemId(item_id),
            sku=sku,
            weight_ug=weight_ug,
            dimensions=dimensions,
            tags=tags,
            quantity_scale=message.quantity_scale,
            ship_alone=message.ship_alone,
            keep_upright=message.keep_upright,
            processing_days=message.processing_days,
            unit_value_minor=value,
            backorder_policy=backorder or BackorderPolicy.DENY,
            components=components,
            tracking=tracking or ItemTracking.NONE,
            pick_order=pick_order or PickOrder.FEFO,
            min_shelf_life_days=message.min_remaining_shelf_life_days,
            backorder_limit_e6=limit,
            lead_time_days=message.lead_time_days if message.HasField("lead_time_days") else None,
            release_time=release,
            substitute_ids=decode_substitutes(message.substitute_item_ids, path, findings),
        ),
    )
    return item if len(findings.violations) == known else None


def decode_components(
    messages: Iterable[item_pb2.KitComponent], path: str, findings: Findings
) -> tuple[KitComponent, ...]:
    """Return the parts of a kit; at most 64."""
    parts = list(messages)
    if len(parts) > MOST_COMPONENTS:
        findings.refuse(path, f"has {len(parts)} entries; give at most {MOST_COMPONENTS}")
        return ()
    components = []
    for index, part in enumerate(parts):
        at = f"{path}[{index}]"
        item_id = decode_id(part.inventory_item_id, f"{at}.inventory_item_id", findings)
        required: int | None = E6
        if part.HasField("required_quantity"):
            text = part.required_quantity.value
            required = decode_quantity_e6(text, f"{at}.required_quantity", findings)
        if required is not None:
            components.append(KitComponent(ItemId(item_id), required))
    return tuple(components)


def _weight_ug(message: item_pb2.InventoryItem, path: str, findings: Findings) -> int:
    weight_ug = None
    if message.HasField("weight_g"):
        # Millionths of a gram are micrograms.
        at = f"{path}.weight_g"
        weight_ug = decode_range_e6(message.weight_g.value, at, findings, MOST_WEIGHT_G)
    if not weight_ug and not message.components:
        findings.warn(f"item {shown(message.id)} has no weight: parcels with it count as lighter")
    return weight_ug or 0


def _unit_value(
    message: item_pb2.InventoryItem, path: str, findings: Findings, currencies: Collection[str]
) -> int | None:
    if not message.HasField("unit_value"):
        return None
    reader = MoneyReader(findings, None, "")
    value = reader.minor(message.unit_value, f"{path}.unit_value")
    if reader.currency is not None and currencies and reader.currency not in currencies:
        cards = ", ".join(sorted(currencies))
        findings.warn(
            f"item {shown(message.id)} has a unit_value in {reader.currency}, the rate cards are "
            f"in {cards}: it is not used"
        )
        return None
    return value


def decode_substitutes(ids: Sequence[str], path: str, findings: Findings) -> tuple[ItemId, ...]:
    """Return items that may be sent instead, most preferred first, each once."""
    at = f"{path}.substitute_item_ids"
    if len(ids) > MOST_SUBSTITUTES:
        findings.refuse(at, f"has {len(ids)} entries; give at most {MOST_SUBSTITUTES}")
        return ()
    read = [ItemId(decode_id(each, f"{at}[{index}]", findings)) for index, each in enumerate(ids)]
    return tuple(dict.fromkeys(read))


def _backorder_limit(message: item_pb2.InventoryItem, path: str, findings: Findings) -> int | None:
    """Return the limit in units times one million; a limit of 0 lets nothing wait."""
    if not message.HasField("backorder_limit"):
        return None
    at = f"{path}.backorder_limit"
    limit = decode_range_e6(message.backorder_limit.value, at, findings, MOST_QUANTITY)
    scale = message.quantity_scale if 0 <= message.quantity_scale <= E6_SCALE else E6_SCALE
    if limit is not None:
        decode_scaled(limit, scale, at, findings, "the item")
    return limit


_OF_COMPONENTS: Final = ("tracking", "pick_order", "backorder_limit", "lead_time_days")
"""Facts about stock, which a kit has none of."""


def check_fields_of_kits(
    messages: Iterable[item_pb2.InventoryItem], path: str, findings: Findings
) -> None:
    """Refuse what a kit cannot have; kits that were put before this was asked may have it."""
    for index, message in enumerate(messages):
        if message.components:
            _check_kit(message, f"{path}[{index}]", findings)


def _check_kit(message: item_pb2.InventoryItem, path: str, findings: Findings) -> None:
    for name in _OF_COMPONENTS:
        if name == "tracking" and message.tracking == item_pb2.ITEM_TRACKING_NONE:
            continue  # As it is.
        field = item_pb2.InventoryItem.DESCRIPTOR.fields_by_name[name]
        is_set = message.HasField(name) if field.has_presence else bool(getattr(message, name))  # type: ignore[arg-type]
        if is_set:
            findings.refuse(f"{path}.{name}", "is for items with stock; set it on the components")


def _check_unused(message: item_pb2.InventoryItem, findings: Findings) -> None:
    """Warn of every field that is set and has no effect on plans so far."""
    for name in _UNUSED_FIELDS:
        field = item_pb2.InventoryItem.DESCRIPTOR.fields_by_name[name]
        value = getattr(message, name)
        is_set = bool(value)
        if field.message_type and not field.is_repeated:
            is_set = message.HasField(name)  # type: ignore[arg-type]
        if is_set:
            findings.warn(f"{name} is kept and has no effect on plans in this version")
