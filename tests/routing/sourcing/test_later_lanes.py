"""Lanes of later starts are those of orders placed then, whatever was asked before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.ids import RateCardId
from routing.memo import Memo
from routing.network import Network
from routing.order import Order
from routing.rating.card_book import CardBook
from routing.sourcing.lanes import LaneFacts, make_lanes
from routing.sourcing.later_lanes import later_lanes
from tests.networks import NOW
from tests.routing.sourcing.test_lane_sheet import LEVELS, ZIPS, asked
from tests.routing.sourcing.test_lane_sheet import fresh as plain

PLACES = len(plain().locations)
CHANGE = NOW.date() + timedelta(days=100)
# Long enough for another rate card and a daylight saving change to come into force.
STARTS = st.integers(1, 400 * 24 * 60).map(lambda minutes: int(NOW.timestamp()) + 60 * minutes)
HERE = st.lists(st.booleans(), min_size=PLACES, max_size=PLACES)


def fresh() -> Network:
    """A network whose prices change once, with nothing remembered."""
    old = plain()
    before = [
        replace(card, effective_to=CHANGE - timedelta(days=1))
        for card in old.cards.cards
        if card.in_force(CHANGE)
    ]
    after = [
        replace(card, id=RateCardId(f"{card.id} again"), effective_from=CHANGE, effective_to=None)
        for card in before
    ]
    cards = CardBook((*before, *after))
    return replace(old, cards=cards, listed_cards=cards, memo=Memo(1 << 20))


def one_by_one(order: Order, network: Network, processing: int, later: dict[int, list[bool]]):
    for start_s, here in sorted(later.items()):
        then = replace(order, placed_time=datetime.fromtimestamp(start_s, UTC))
        facts, _ = make_lanes(then, network, processing)
        yield from told(facts.only(np.flatnonzero(np.array(here)[facts.location])), start_s)


def told(facts: LaneFacts, *start_s: int):
    """Each lane with the objects that it refers to."""
    for lane in range(len(facts)):
        figures = (int(array[lane]) for array in facts.arrays())
        location, offer, card, tariff, *others = figures
        yield (
            *start_s,
            location,
            offer,
            facts.cards[card].id,
            facts.tariffs[tariff].price_minor.tolist(),
            *others,
        )


@given(
    zip_code=st.sampled_from(ZIPS),
    level=LEVELS,
    processing=st.integers(0, 1),
    batches=st.lists(st.dictionaries(STARTS, HERE, max_size=6), min_size=1, max_size=3),
)
def test_several_starts_in_one_go_are_the_starts_one_by_one(zip_code, level, processing, batches):
    remembering = fresh()
    one = asked(zip_code, NOW, service_level=level)
    for later in batches:
        flags = {start_s: np.array(here) for start_s, here in later.items()}
        found = [
            (int(start_s), *lane)
            for each in later_lanes(one, remembering, processing, flags)
            for start_s, lane in zip(each.start_s, told(each.facts), strict=True)
        ]
        assert sorted(found) == sorted(one_by_one(one, fresh(), processing, later))


def test_starts_between_which_prices_change_are_priced_apart() -> None:
    one = asked("10001", NOW)
    flags = {
        int((NOW + timedelta(days=days)).timestamp()): np.ones(PLACES, dtype=np.bool_)
        for days in range(0, 400, 20)
    }
    parts = later_lanes(one, fresh(), 0, flags)
    assert len(parts) > 1
    assert len({tuple(card.id for card in each.facts.cards) for each in parts}) > 1
