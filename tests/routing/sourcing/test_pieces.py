from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.item import Dimensions
from routing.rating.load import shipped_cards
from routing.sourcing.pieces import Narrowest, Piece, fits_card

CARDS = shipped_cards()
SIDES = st.integers(1, 3_000_000)


@given(
    weight_ug=st.integers(0, 80_000_000_000),
    sides=st.none() | st.tuples(SIDES, SIDES, SIDES),
    cards=st.sets(st.integers(0, len(CARDS) - 1)),
)
def test_what_the_narrowest_limits_admit_fits_every_card(weight_ug, sides, cards):
    size = None if sides is None else Dimensions(*sides)
    volume_nl = 0 if size is None else size.volume_nl
    piece = Piece(1, weight_ug, volume_nl, alone=False, dimensions=size)
    chosen = [CARDS[number] for number in sorted(cards)]
    fits = all(fits_card(piece, card) for card in chosen)
    assert fits or not Narrowest.of(chosen).admits(piece)


def test_the_narrowest_limits_admit_what_is_at_the_limit_and_nothing_above():
    most_ug = min(card.max_weight_ug for card in CARDS)
    narrowest = Narrowest.of(CARDS)
    assert narrowest.admits(Piece(1, most_ug, 0, alone=False, dimensions=None))
    assert not narrowest.admits(Piece(1, most_ug + 1, 0, alone=False, dimensions=None))
