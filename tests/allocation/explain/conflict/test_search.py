"""The search finds a smallest set, whatever the obstacles are; brute force agrees."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.explain.conflict.hitting_set import smallest_hitting_set
from allocation.explain.conflict.search import smallest_obstacles

COUNT = 6
ways_out = st.lists(st.frozensets(st.integers(0, COUNT - 1), max_size=4), min_size=1, max_size=5)


def always() -> bool:
    return True


@given(ways_out)
def test_the_set_found_fills_and_no_smaller_one_does(ways: list[frozenset[int]]) -> None:
    """A line is filled once everything of at least one way out is taken away."""

    def fills(without: frozenset[int]) -> bool:
        return any(way <= without for way in ways)

    found = smallest_obstacles(COUNT, fills, always)
    assert found is not None
    assert found.smallest
    assert fills(found.obstacles)
    assert len(found.obstacles) == min(map(len, ways))


@given(ways_out)
def test_without_time_the_set_still_fills_and_none_of_it_can_be_left(
    ways: list[frozenset[int]],
) -> None:
    def fills(without: frozenset[int]) -> bool:
        return any(way <= without for way in ways)

    found = smallest_obstacles(COUNT, fills, lambda: False)
    assert found is not None
    assert not found.smallest
    assert fills(found.obstacles)
    assert not any(fills(found.obstacles - {each}) for each in found.obstacles)


def test_what_nothing_can_fill_has_no_set() -> None:
    assert smallest_obstacles(COUNT, lambda without: False, always) is None
    assert smallest_obstacles(0, lambda without: False, always) is None


def test_a_line_that_needs_nothing_taken_away_has_the_empty_set() -> None:
    found = smallest_obstacles(COUNT, lambda without: True, always)
    assert found is not None
    assert found.obstacles == frozenset()


@given(st.lists(st.frozensets(st.integers(0, 5), min_size=1, max_size=4), max_size=6))
def test_a_smallest_hitting_set_is_as_small_as_trying_all(sets: list[frozenset[int]]) -> None:
    found = smallest_hitting_set(sets)
    assert all(found & each for each in sets)
    smaller = combinations(range(6), max(0, len(found) - 1))
    assert not found or not any(all(set(tried) & each for each in sets) for tried in smaller)


def test_an_empty_set_cannot_be_hit() -> None:
    with pytest.raises(ValueError, match="cannot be met"):
        smallest_hitting_set([frozenset()])
