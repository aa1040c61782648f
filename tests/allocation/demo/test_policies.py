"""Simple policies choose as they say, and never plan a unit twice."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.demo.fewest import MAX_LINES, fewest_locations
from allocation.demo.policies import (
    POLICIES,
    by_distance,
    fewest_then_nearest,
    filled_units,
    first_location,
    nearest,
)
from allocation.demo.policy_terms import Choice, Levels, Place, Want

PLACES = (Place("a", 900), Place("b", 500), Place("c", 100))


def want(number: int, item: str = "x", quantity: int = 1) -> Want:
    return Want(f"L{number}", item, quantity)


@st.composite
def situations(draw: st.DrawFn) -> tuple[tuple[Want, ...], Levels, tuple[Place, ...]]:
    items = draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=4))
    wants = tuple(want(n, item, draw(st.integers(1, 3))) for n, item in enumerate(items))
    names = [f"p{number}" for number in range(draw(st.integers(1, 5)))]
    levels = {item: {name: draw(st.integers(0, 5)) for name in names} for item in "xyz"}
    distances = st.one_of(st.none(), st.integers(0, 1000))
    return wants, levels, tuple(Place(name, draw(distances)) for name in names)


def test_the_first_location_is_the_merchants_first_that_has_the_whole_line() -> None:
    chosen = first_location([want(1, quantity=2)], {"x": {"a": 1, "b": 2, "c": 9}}, PLACES)
    assert chosen == (Choice("L1", "b", 2),)


def test_the_nearest_is_the_closest_that_has_the_whole_line() -> None:
    chosen = nearest([want(1, quantity=2)], {"x": {"a": 9, "b": 2, "c": 1}}, PLACES)
    assert chosen == (Choice("L1", "b", 2),)


def test_fewest_shipments_wins_over_distance() -> None:
    levels = {"x": {"a": 1, "c": 1}, "y": {"a": 1, "b": 1}}
    wants = [want(1, "x"), want(2, "y")]
    assert {each.location_id for each in nearest(wants, levels, PLACES)} == {"b", "c"}
    assert {each.location_id for each in fewest_then_nearest(wants, levels, PLACES)} == {"a"}


def test_among_equally_few_the_nearest_set_wins() -> None:
    levels = {"x": {"a": 1, "b": 1}, "y": {"a": 1, "b": 1}}
    chosen = fewest_then_nearest([want(1, "x"), want(2, "y")], levels, PLACES)
    assert {each.location_id for each in chosen} == {"b"}


def test_an_unknown_distance_is_the_last_resort() -> None:
    places = (Place("a", None), Place("b", 9_999_000))
    assert nearest([want(1)], {"x": {"a": 1, "b": 1}}, places) == (Choice("L1", "b", 1),)
    assert by_distance(places)[-1].location_id == "a"


def test_a_line_that_nobody_has_whole_is_left_out() -> None:
    wants = [want(1, quantity=5), want(2, "y")]
    levels = {"x": {"a": 4, "b": 4}, "y": {"b": 1}}
    for policy in POLICIES:
        chosen = policy.choose(wants, levels, PLACES)
        assert filled_units(wants, chosen) == {"L1": 0, "L2": 1}


def test_too_many_lines_for_the_exact_choice_are_refused() -> None:
    with pytest.raises(ValueError, match=str(MAX_LINES)):
        fewest_locations([want(n) for n in range(MAX_LINES + 1)], {}, PLACES)


@given(situations())
def test_no_policy_plans_a_unit_twice_or_part_of_a_line(
    situation: tuple[tuple[Want, ...], Levels, tuple[Place, ...]],
) -> None:
    wants, levels, places = situation
    for policy in POLICIES:
        taken: dict[tuple[str, str], int] = {}
        chosen = {each.line_id: each for each in policy.choose(wants, levels, places)}
        for line in wants:
            if line.line_id in chosen:
                choice = chosen[line.line_id]
                assert choice.quantity == line.quantity
                key = (line.item_id, choice.location_id)
                taken[key] = taken.get(key, 0) + choice.quantity
        assert all(count <= levels[item][place] for (item, place), count in taken.items())


@given(situations())
def test_fewest_is_as_good_as_trying_every_set_of_locations(
    situation: tuple[tuple[Want, ...], Levels, tuple[Place, ...]],
) -> None:
    wants, levels, places = situation
    wants = tuple({each.item_id: each for each in wants}.values())
    places = tuple(Place(each.location_id, each.distance_m or 0) for each in places)

    def value(group: tuple[Place, ...]) -> tuple[int, int, int]:
        filled = sum(
            any(levels[each.item_id][place.location_id] >= each.quantity for place in group)
            for each in wants
        )
        return -filled, len(group), sum(place.distance_m or 0 for place in group)

    groups = [g for size in range(len(places) + 1) for g in combinations(places, size)]
    chosen = fewest_locations(wants, levels, places)
    assert value(chosen) == min(map(value, groups))
