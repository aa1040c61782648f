"""Kits within kits: what one unit comes to."""

from __future__ import annotations

from fractions import Fraction

from allocation.server.codec.findings import Findings
from allocation.server.codec.kits import MOST_PARTS, check_kits, parts_of
from routing.ids import ItemId
from routing.item import InventoryItem, KitComponent


def kit(kit_id: str, parts: dict[str, int]) -> InventoryItem:
    components = tuple(KitComponent(ItemId(name), each) for name, each in parts.items())
    return InventoryItem(id=ItemId(kit_id), components=components)


def network(*items: InventoryItem) -> dict[ItemId, InventoryItem]:
    return {item.id: item for item in items}


def problems(*items: InventoryItem) -> list[str]:
    findings = Findings()
    check_kits(items, network(*items), findings)
    return [f"{each.path} {each.message}" for each in findings.violations]


def test_kits_within_kits_multiply_and_add_up() -> None:
    mug = InventoryItem(id=ItemId("mug"))
    items = network(
        mug,
        kit("pair", {"mug": 2_000_000}),
        kit("crate", {"pair": 3_000_000, "mug": 1_000_000}),
    )
    assert parts_of(items[ItemId("crate")].components, items, {}) == {"mug": Fraction(7)}


def test_halves_that_make_a_whole_are_fine_and_halves_that_do_not_are_refused() -> None:
    mug = InventoryItem(id=ItemId("mug"))
    half = kit("half", {"mug": 500_000})
    assert problems(mug, kit("whole", {"half": 2_000_000}), half) == [
        "items[half].components come to 0.5 of 'mug', which allows whole units only"
    ]


def test_a_kit_may_take_exactly_a_million_of_an_item() -> None:
    mug = InventoryItem(id=ItemId("mug"))
    thousand = kit("thousand", {"mug": 1_000_000_000})
    assert not problems(mug, thousand, kit("million", {"thousand": 1_000_000_000}))
    assert problems(mug, thousand, kit("more", {"thousand": 1_001_000_000})) == [
        "items[more].components come to 1001000 of 'mug'; at most 1000000"
    ]


def test_a_kit_that_comes_to_very_many_items_is_refused_without_taking_it_apart_twice() -> None:
    leaves = [InventoryItem(id=ItemId(f"leaf-{n}")) for n in range(MOST_PARTS + 1)]
    chunks = [
        kit(f"chunk-{n}", {leaf.id: 1_000_000 for leaf in leaves[n * 60 : n * 60 + 60]})
        for n in range(MOST_PARTS // 60 + 1)
    ]
    everything = kit("everything", {chunk.id: 1_000_000 for chunk in chunks})
    assert problems(*leaves, *chunks, everything) == [
        "items[everything].components come to 1001 different items; at most 1000"
    ]
