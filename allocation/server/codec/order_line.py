"""Order lines: what is wanted, and how much of it."""

from __future__ import annotations

from allocation.server.codec.decimal import (
    decode_quantity_e6,
    decode_range_e6,
    decode_scaled,
)
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.item import (
    BACKORDER_POLICIES,
    MOST_WEIGHT_G,
    decode_components,
    decode_substitutes,
)
from allocation.server.codec.money import MoneyReader
from allocation.server.codec.names import Names
from allocation.server.codec.plain_order import plain_line
from allocation.server.codec.text import decode_id, decode_word, decode_words
from routing.ids import ItemId, LineId, LocationId, LotId
from routing.item import MAX_SHELF_LIFE_DAYS, BackorderPolicy, KitComponent
from routing.order import OrderLine
from routing.quantity import E6
from routing.v1 import order_pb2


def decode_line(
    message: order_pb2.OrderLine, path: str, findings: Findings, money: MoneyReader, names: Names
) -> OrderLine:
    """Return a line; where it has a problem, a stand-in that is never planned."""
    plain = plain_line(message, names.network, money.currency)
    if plain is not None:
        return plain
    line_id = decode_id(message.id, f"{path}.id", findings)
    item_id, components = _wanted(message, path, findings, names)
    quantity = decode_quantity_e6(message.quantity.value, f"{path}.quantity", findings)
    if quantity is not None:
        _check_scale(quantity, item_id, components, f"{path}.quantity", findings, names)
    price = 0
    if message.HasField("unit_price"):
        price = money.minor(message.unit_price, f"{path}.unit_price")
    weight_ug = None
    if message.HasField("weight_g"):
        at = f"{path}.weight_g"
        weight_ug = decode_range_e6(message.weight_g.value, at, findings, MOST_WEIGHT_G)
    return OrderLine(
        id=LineId(line_id),
        quantity_e6=quantity or 0,
        item_id=item_id,
        components=components,
        unit_price_minor=price,
        tags=decode_words(message.tags, f"{path}.tags", findings),
        backorder_policy=_backorder(message, path, findings),
        allowed_location_ids=_locations(message, "allowed_location_ids", path, findings, names),
        excluded_location_ids=_locations(message, "excluded_location_ids", path, findings, names),
        group=decode_word(message.ship_together_group, f"{path}.ship_together_group", findings),
        weight_ug=weight_ug,
        requires_shipping=message.requires_shipping
        if message.HasField("requires_shipping")
        else True,
        lot_ids=frozenset(
            LotId(each) for each in decode_words(message.lot_ids, f"{path}.lot_ids", findings)
        ),
        serials=_serials(message, quantity, path, findings),
        min_shelf_life_days=_shelf_life(message, path, findings),
        substitute_ids=_substitutes(message, item_id, path, findings, names),
        pickup_location_id=_pickup(message, path, findings, names),
    )


def _pickup(
    message: order_pb2.OrderLine, path: str, findings: Findings, names: Names
) -> LocationId | None:
    store = decode_word(message.pickup_location_id, f"{path}.pickup_location_id", findings)
    if store is None:
        return None
    names.location(LocationId(store), f"{path}.pickup_location_id")
    return LocationId(store)


def _substitutes(
    message: order_pb2.OrderLine,
    item_id: ItemId | None,
    path: str,
    findings: Findings,
    names: Names,
) -> tuple[ItemId, ...]:
    """Return what may be sent instead: as the line says, else as its item does."""
    listed = decode_substitutes(message.substitute_item_ids, path, findings)
    for each in listed:
        names.item(each, f"{path}.substitute_item_ids")
    if listed or not message.allow_substitutes:
        return listed
    item = None if item_id is None else names.network.item(item_id)
    return () if item is None else item.substitute_ids


def _serials(
    message: order_pb2.OrderLine, quantity_e6: int | None, path: str, findings: Findings
) -> frozenset[str]:
    serials = decode_words(message.serials, f"{path}.serials", findings)
    if serials and quantity_e6 is not None and len(serials) * E6 < quantity_e6:
        message_ = f"are {len(serials)} for {quantity_e6 // E6} unit(s); name at least as many"
        findings.refuse(f"{path}.serials", message_)
    return serials


def _shelf_life(message: order_pb2.OrderLine, path: str, findings: Findings) -> int:
    days = message.min_remaining_shelf_life_days
    if not 0 <= days <= MAX_SHELF_LIFE_DAYS:
        message_ = f"is {days}; it must lie in [0, {MAX_SHELF_LIFE_DAYS}]"
        findings.refuse(f"{path}.min_remaining_shelf_life_days", message_)
    return days


def _wanted(
    message: order_pb2.OrderLine, path: str, findings: Findings, names: Names
) -> tuple[ItemId | None, tuple[KitComponent, ...]]:
    """Return the item or the components: exactly one of three fields says what is wanted."""
    said = [
        name for name in ("inventory_item_id", "sku", "components") if len(getattr(message, name))
    ]
    if len(said) != 1:
        given = f"has {' and '.join(said)}" if said else "says nothing about what is wanted"
        findings.refuse(path, f"{given}; give exactly one of inventory_item_id, sku and components")
        return None, ()
    if message.components:
        components = decode_components(message.components, f"{path}.components", findings)
        for index, component in enumerate(components):
            at = f"{path}.components[{index}].inventory_item_id"
            names.item(component.item_id, at)
        return None, components
    if message.sku:
        decode_id(message.sku, f"{path}.sku", findings)
        return names.item_of_sku(message.sku, f"{path}.sku"), ()
    at = f"{path}.inventory_item_id"
    decode_id(message.inventory_item_id, at, findings)
    names.item(ItemId(message.inventory_item_id), at)
    return ItemId(message.inventory_item_id), ()


def _check_scale(
    quantity_e6: int,
    item_id: ItemId | None,
    components: tuple[KitComponent, ...],
    path: str,
    findings: Findings,
    names: Names,
) -> None:
    """Refuse a quantity or requirement that is no whole number of increments."""
    item = None if item_id is None else names.network.item(item_id)
    if item is not None:
        what = "the kit" if item.is_kit else f"item {shown(item.id)}"
        decode_scaled(quantity_e6, item.quantity_scale, path, findings, what)
    elif components:
        decode_scaled(quantity_e6, 0, path, findings, "a line with components")
    for index, component in enumerate(components):
        part = names.network.item(component.item_id)
        if part is not None:
            at = f"{path.removesuffix('.quantity')}.components[{index}].required_quantity"
            what = f"item {shown(part.id)}"
            decode_scaled(component.required_e6, part.quantity_scale, at, findings, what)


def _backorder(
    message: order_pb2.OrderLine, path: str, findings: Findings
) -> BackorderPolicy | None:
    if not message.backorder_policy:
        return None
    return BACKORDER_POLICIES.decode(message.backorder_policy, f"{path}.backorder_policy", findings)


def _locations(
    message: order_pb2.OrderLine, field: str, path: str, findings: Findings, names: Names
) -> frozenset[LocationId]:
    given = getattr(message, field)
    if not given:
        return frozenset()
    at = f"{path}.{field}"
    return names.locations(decode_words(given, at, findings), at)
