"""Orders may overtake each other only where they share nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allocation.backtest.turns import Turns
from routing.ids import ItemId

CUP, POT, PAN, LID = map(ItemId, ("cup", "pot", "pan", "lid"))

needs = st.lists(
    st.frozensets(st.sampled_from([CUP, POT, PAN, LID]), max_size=3), min_size=1, max_size=12
)


@given(needs, st.booleans(), st.randoms(use_true_random=False))
def test_all_have_their_turn_and_no_order_before_an_earlier_one_that_shares_an_item(
    items, one_by_one, chance
):
    turns = Turns(items, one_by_one=one_by_one)
    open_now = turns.first()
    done: list[int] = []
    while open_now:
        number = open_now.pop(chance.randrange(len(open_now)))
        waiting = [
            earlier
            for earlier in range(number)
            if earlier not in done and (one_by_one or items[earlier] & items[number])
        ]
        assert not waiting
        done.append(number)
        open_now += turns.done(number)
    assert sorted(done) == list(range(len(items)))


def test_orders_that_share_nothing_are_open_at_once():
    assert Turns([{CUP}, {POT}, {CUP, POT}, {PAN}]).first() == [0, 1, 3]


def test_an_order_is_freed_by_the_last_that_it_waits_for():
    turns = Turns([{CUP}, {POT}, {CUP, POT}])
    assert turns.done(1) == []
    assert turns.done(0) == [2]
