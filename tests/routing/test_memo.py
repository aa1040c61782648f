from __future__ import annotations

from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from routing.memo import Memo

ROOM = 10_000


def test_what_was_put_is_returned():
    memo: Memo[str] = Memo(ROOM)
    memo.put(("a", 1), "first", 10)
    memo.put("b", "second", 10)
    assert memo.get(("a", 1)) == "first"
    assert memo.get("b") == "second"
    assert memo.get("c") is None


def test_a_later_value_takes_the_place_of_an_earlier_one():
    memo: Memo[str] = Memo(ROOM)
    memo.put("a", "old", 10)
    memo.put("a", "new", 10)
    assert memo.get("a") == "new"
    assert len(memo) == 1


def test_what_was_used_longest_ago_goes_first():
    memo: Memo[int] = Memo(ROOM)
    for number in range(3):
        memo.put(number, number, ROOM // 3 - 512)
    assert memo.get(0) == 0
    memo.put(3, 3, ROOM // 3 - 512)
    assert memo.get(1) is None
    assert [memo.get(number) for number in (0, 2, 3)] == [0, 2, 3]


def test_a_value_larger_than_the_room_is_not_kept_and_pushes_nothing_out():
    memo: Memo[str] = Memo(ROOM)
    memo.put("small", "kept", 10)
    memo.put("large", "not kept", ROOM)
    assert memo.get("large") is None
    assert memo.get("small") == "kept"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, ROOM)), max_size=60))
def test_the_sizes_kept_never_exceed_the_room(puts: list[tuple[Hashable, int]]):
    memo: Memo[int] = Memo(ROOM)
    latest: dict[Hashable, int] = {}
    for key, size in puts:
        memo.put(key, size, size)
        latest[key] = size
        kept = {each: memo.get(each) for each in latest}
        sizes = [value for value in kept.values() if value is not None]
        assert sum(sizes) <= ROOM
        assert all(value in (None, latest[each]) for each, value in kept.items())
