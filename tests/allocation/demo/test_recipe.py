"""The packaged example is what the recipe makes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allocation.demo.baskets import COUNT, demo_orders
from allocation.demo.catalogue import demo_items
from allocation.demo.draw import Draw
from allocation.demo.files import ITEMS_FILE, LOCATIONS_FILE, ORDERS_FILE, STOCK_FILE, demo_text
from allocation.demo.locations import MIN_APART_M, demo_locations
from allocation.demo.recipe import SEED, make_files, write_files
from routing.geo import great_circle_between_m, load_postal_index


def test_the_packaged_files_are_what_the_recipe_makes() -> None:
    for name, text in make_files().items():
        assert demo_text(name) == text, f"{name} is stale; run python -m allocation.demo.recipe"


def test_another_seed_makes_other_orders_at_the_same_locations(tmp_path: Path) -> None:
    write_files(tmp_path, SEED + 1)
    assert (tmp_path / ORDERS_FILE).read_text(encoding="utf-8") != demo_text(ORDERS_FILE)
    assert (tmp_path / LOCATIONS_FILE).read_text(encoding="utf-8") == demo_text(LOCATIONS_FILE)


def test_the_locations_are_far_apart_real_places_with_names_of_their_own() -> None:
    locations = demo_locations()
    assert len({each.id for each in locations}) == len(locations) == 10
    for number, one in enumerate(locations):
        place = load_postal_index().lookup("US", one.postal_code)
        assert place is not None
        assert place.place == one.name
        for other in locations[:number]:
            # The rule holds between centres of areas; the ZIPs lie some kilometres beside them.
            apart_m = great_circle_between_m(one.coordinates, other.coordinates)
            assert apart_m > MIN_APART_M - 100_000


def test_stock_has_gaps_and_yet_every_item_is_somewhere() -> None:
    entries = json.loads(demo_text(STOCK_FILE))["items"]
    skus = {item["sku"] for item in json.loads(demo_text(ITEMS_FILE))["items"]}
    assert {entry["inventory_item_id"] for entry in entries} == skus
    assert len(skus) == 60
    listed = [len(entry["levels"]) for entry in entries]
    assert max(listed) < 10
    assert min(listed) >= 1
    assert any(level["available"]["value"] == "0" for each in entries for level in each["levels"])


def test_orders_have_one_to_six_lines_of_different_items() -> None:
    orders = list(demo_orders(SEED, demo_items(SEED)))
    sizes = [len(order.lines) for order in orders]
    assert (len(orders), min(sizes), max(sizes)) == (COUNT, 1, 6)
    for order in orders:
        assert len({item.sku for item, _ in order.lines}) == len(order.lines)


def test_more_people_get_more_orders() -> None:
    orders = demo_orders(SEED, demo_items(SEED))
    states = [load_postal_index().lookup("US", order.postal_code) for order in orders]
    regions = [place.region for place in states if place is not None]
    assert regions.count("CA") > regions.count("OR")
    assert regions.count("TX") > regions.count("OK")


def test_streams_of_different_names_are_independent_and_repeat() -> None:
    first = [Draw(1, "a").below(1000) for _ in range(2)]
    assert first[0] == first[1]
    assert [Draw(1, "a").below(10**9), Draw(1, "b").below(10**9)] != [
        Draw(2, "a").below(10**9),
        Draw(2, "b").below(10**9),
    ]


def test_weighted_draws_follow_their_weights_and_never_a_weight_of_zero() -> None:
    draw = Draw(3, "weights")
    drawn = [draw.weighted((0, 3, 1)) for _ in range(4000)]
    assert drawn.count(0) == 0
    assert 2.5 < drawn.count(1) / drawn.count(2) < 3.5


def test_weights_that_are_all_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="zero"):
        Draw(3, "weights").weighted((0, 0))
