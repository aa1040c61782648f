"""Mirrored figures: a commitment counts until a figure has absorbed it."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from itertools import permutations

import pytest

from allocation.errors import InvalidRequestError
from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import (
    assert_clean,
    at,
    available,
    buckets,
    hold,
    key,
    stock,
    want,
)
from allocation.ledger.errors import InsufficientStockError
from allocation.ledger.feed import LevelRow
from allocation.ledger.level import Buckets, StockOwner
from routing.ids import LocationId


def mirror(ledger: Ledger, quantity: int, observed: float, *, seconds: float = 40) -> int:
    """Report what the other system says is available; return how many rows were taken."""
    return ledger.set_levels(
        [LevelRow(key(), quantity)],
        now=at(seconds),
        owner=StockOwner.MIRROR,
        observed_time=at(observed),
    ).accepted_rows


class MirrorConformance:
    """What mirrored levels promise: a commitment never counts twice, never zero times."""

    def test_a_hold_counts_whatever_the_figure_says(self, ledger: Ledger) -> None:
        mirror(ledger, 5, 0, seconds=0)
        hold(ledger, "p", want(quantity=2))
        mirror(ledger, 5, 30)
        assert available(ledger) == 3
        with pytest.raises(InsufficientStockError):
            hold(ledger, "q", want(quantity=4), seconds=41)

    def test_a_commitment_counts_until_a_figure_as_young_as_itself(self, ledger: Ledger) -> None:
        mirror(ledger, 5, 0, seconds=0)
        hold(ledger, "p", want(quantity=2))
        ledger.commit("p", now=at(10))
        assert available(ledger) == 3
        mirror(ledger, 5, 9.999999)
        assert (available(ledger), buckets(ledger).committed) == (3, 2)
        mirror(ledger, 3, 10)
        assert (available(ledger), buckets(ledger).committed) == (3, 0)
        assert_clean(ledger)

    def test_a_figure_that_arrives_before_the_commitment_it_contains_absorbs_it(
        self, ledger: Ledger
    ) -> None:
        mirror(ledger, 5, 0, seconds=0)
        hold(ledger, "p", want(quantity=2))
        mirror(ledger, 3, 12, seconds=12)
        ledger.commit("p", now=at(11))
        assert available(ledger) == 3
        assert_clean(ledger)

    def test_a_late_older_figure_does_not_undo_an_absorption(self, ledger: Ledger) -> None:
        mirror(ledger, 5, 0, seconds=0)
        hold(ledger, "p", want(quantity=2))
        ledger.commit("p", now=at(10))
        mirror(ledger, 3, 20)
        assert mirror(ledger, 5, 9) == 0
        assert available(ledger) == 3

    def test_a_fulfilled_plan_counts_until_a_figure_has_absorbed_it(self, ledger: Ledger) -> None:
        mirror(ledger, 5, 0, seconds=0)
        hold(ledger, "p", want(quantity=2))
        ledger.commit("p", now=at(10))
        ledger.fulfill("p", now=at(11))
        assert buckets(ledger) == Buckets(on_hand=3)
        mirror(ledger, 5, 5)
        assert available(ledger) == 3
        mirror(ledger, 3, 10.5)
        assert available(ledger) == 3
        assert_clean(ledger)

    def test_fulfilling_an_absorbed_plan_changes_no_figure(self, ledger: Ledger) -> None:
        mirror(ledger, 5, 0, seconds=0)
        hold(ledger, "p", want(quantity=2))
        ledger.commit("p", now=at(10))
        mirror(ledger, 3, 20)
        ledger.fulfill("p", now=at(41))
        assert available(ledger) == 3
        assert_clean(ledger)

    def test_released_units_come_back_once(self, ledger: Ledger) -> None:
        mirror(ledger, 5, 0, seconds=0)
        hold(ledger, "p", want(quantity=2))
        hold(ledger, "q", want(quantity=1))
        ledger.commit("p", now=at(10))
        ledger.commit("q", now=at(30))
        mirror(ledger, 3, 20)
        ledger.release("q", now=at(41))
        assert available(ledger) == 3
        ledger.release("p", now=at(42))
        assert available(ledger) == 3, "the figure still contains the other system's reservation"
        mirror(ledger, 5, 43, seconds=43)
        assert available(ledger) == 5
        assert_clean(ledger)

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_the_order_of_arrival_does_not_matter(
        self, ledger: Ledger, order: tuple[int, ...]
    ) -> None:
        mirror(ledger, 9, 0, seconds=0)
        hold(ledger, "p", want(quantity=2))
        hold(ledger, "q", want(quantity=3))
        events = (
            lambda: ledger.commit("p", now=at(10)),
            lambda: ledger.commit("q", now=at(20)),
            lambda: mirror(ledger, 7, 15),
        )
        for index in order:
            events[index]()
        assert buckets(ledger) == Buckets(on_hand=7, committed=3)
        assert_clean(ledger)

    def test_unavailable_units_are_not_part_of_the_available_figure(self, ledger: Ledger) -> None:
        row = LevelRow(key(), 5, unavailable=2, safety_stock=1)
        ledger.set_levels([row], now=at(0), owner=StockOwner.MIRROR)
        assert buckets(ledger) == Buckets(on_hand=7, unavailable=2, safety_stock=1)
        assert available(ledger) == 4

    def test_a_negative_figure_is_taken_and_nothing_can_be_held(self, ledger: Ledger) -> None:
        assert mirror(ledger, -3, 0, seconds=0) == 1
        assert available(ledger) == -3
        with pytest.raises(InsufficientStockError):
            hold(ledger)

    def test_mirrored_levels_cannot_be_adjusted(self, ledger: Ledger) -> None:
        mirror(ledger, 5, 0, seconds=0)
        stock(ledger, 5, key(location="reno"))
        for adjustment in (
            Adjustment(AdjustmentKind.RECEIVE, key(), 1),
            Adjustment(AdjustmentKind.TRANSFER, key(location="reno"), 1, LocationId("dallas")),
        ):
            with pytest.raises(InvalidRequestError):
                ledger.adjust([adjustment], now=at(41))
        assert available(ledger) == 5

    def test_a_commitment_counts_again_when_the_ledger_becomes_the_owner(
        self, ledger: Ledger
    ) -> None:
        mirror(ledger, 5, 0, seconds=0)
        hold(ledger, "p", want(quantity=2))
        ledger.commit("p", now=at(10))
        mirror(ledger, 3, 20)
        stock(ledger, 5, seconds=41)
        assert buckets(ledger) == Buckets(on_hand=5, committed=2)
        assert_clean(ledger)
