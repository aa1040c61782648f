"""Medusa's inventory items and variants as items and kits."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Final

from allocation.cli.importers.build import (
    MILLIMETRES,
    Levels,
    decimal_message,
    grams,
    millimetres,
)
from allocation.cli.importers.json_file import JsonObject
from allocation.cli.importers.reading import Reading
from routing.v1.backorder_pb2 import BackorderPolicy
from routing.v1.item_pb2 import InventoryItem

_SIDES: Final = ("length", "width", "height")


class MedusaItems:
    """Grows by inventory items first, then by the variants that are made of them.

    A variant of exactly one unit of one item adds nothing but its backorder policy. Any other
    variant becomes a kit under the variant's id, and takes over its SKU; one that is not managed
    becomes an item whose stock is not looked at.
    """

    def __init__(self, reading: Reading, length_unit: str | None) -> None:
        self._reading = reading
        self._length_unit = length_unit
        self.made: dict[str, InventoryItem] = {}
        self._policies: dict[str, set[BackorderPolicy.ValueType]] = {}

    @property
    def ids(self) -> AbstractSet[str]:
        """Ids of everything made so far."""
        return self.made.keys()

    def add_inventory_item(self, source: JsonObject) -> None:
        """Add an inventory item."""
        item = InventoryItem(
            id=source.needed("id"), sku=source.text("sku"), title=source.text("title")
        )
        self._measure(item, source)
        item.origin_country = source.text("origin_country").upper()
        self._keep(item, source)

    def add_variant(self, variant: JsonObject, product: JsonObject) -> None:
        """Add what a variant sells."""
        components = [
            (part.needed("inventory_item_id"), part.decimal("required_quantity") or Decimal(1))
            for part in variant.objects("inventory_items")
        ]
        for item_id, _ in components:
            if item_id and item_id not in self.made:
                variant.report("inventory_items", f"{item_id!r} is not among the inventory items")
        if variant.bad:
            return
        title = f"{product.text('title')} {variant.text('title')}".strip()
        kit = InventoryItem(id=variant.needed("id"), sku=variant.text("sku"), title=title)
        if not components:
            if variant.flag("manage_inventory", default=True):
                variant.report("inventory_items", "is empty, yet the variant is managed")
                return
            kit.backorder_policy = BackorderPolicy.BACKORDER_POLICY_IGNORE_STOCK
            self._measure(kit, variant)
            self._keep(kit, variant)
            return
        self._note_policy(variant, components)
        if self._is_plain(kit, components):
            return
        for item_id, required in components:
            if kit.sku and self.made[item_id].sku == kit.sku:
                self.made[item_id].ClearField("sku")
            kit.components.add(
                inventory_item_id=item_id, required_quantity=decimal_message(required)
            )
        self._keep(kit, variant)

    def finished(self, levels: Levels) -> list[InventoryItem]:
        """Return everything, with the policies and decimals that variants and levels imply."""
        for item_id, policies in self._policies.items():
            if len(policies) > 1:
                self._reading.note(
                    f"{item_id}: its variants disagree on backorders; it takes none, "
                    "say it per order line where it should"
                )
            allowed = policies == {BackorderPolicy.BACKORDER_POLICY_ALLOW}
            self.made[item_id].backorder_policy = (
                BackorderPolicy.BACKORDER_POLICY_ALLOW
                if allowed
                else BackorderPolicy.BACKORDER_POLICY_DENY
            )
        for item_id, item in self.made.items():
            item.quantity_scale = levels.scale_of(item_id)
        return list(self.made.values())

    def _is_plain(self, kit: InventoryItem, components: list[tuple[str, Decimal]]) -> bool:
        if len(components) != 1 or components[0][1] != 1:
            return False
        item = self.made[components[0][0]]
        if not item.sku:
            item.sku = kit.sku
        return item.sku == kit.sku or not kit.sku

    def _note_policy(self, variant: JsonObject, components: list[tuple[str, Decimal]]) -> None:
        policy = (
            BackorderPolicy.BACKORDER_POLICY_ALLOW
            if variant.flag("allow_backorder", default=False)
            else BackorderPolicy.BACKORDER_POLICY_DENY
        )
        for item_id, _ in components:
            self._policies.setdefault(item_id, set()).add(policy)

    def _measure(self, item: InventoryItem, source: JsonObject) -> None:
        weight = source.decimal("weight")
        if weight is not None:
            item.weight_g.CopyFrom(grams(weight, "g"))
        sides = [source.decimal(side) for side in _SIDES]
        lengths = [side for side in sides if side]
        if len(lengths) != len(_SIDES):
            return
        if self._length_unit not in MILLIMETRES:
            source.report("length", "has no unit in Medusa; say --length-unit mm, cm, m or in")
            return
        for side, length in zip(_SIDES, lengths, strict=True):
            target = getattr(item.dimensions, f"{side}_mm")
            target.CopyFrom(millimetres(length, self._length_unit))

    def _keep(self, item: InventoryItem, source: JsonObject) -> None:
        if item.id in self.made:
            source.report("id", f"{item.id!r} is there twice; keep one")
        elif not source.bad:
            self.made[item.id] = item
