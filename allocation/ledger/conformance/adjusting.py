"""Adjustments: all or none, in their order."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

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
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import InsufficientStockError
from allocation.ledger.level import Buckets
from routing.ids import LocationId

RENO = LocationId("reno")


class AdjustConformance:
    """What adjustments promise."""

    def test_receiving_makes_a_level(self, ledger: Ledger) -> None:
        reply = ledger.adjust([Adjustment(AdjustmentKind.RECEIVE, key(), 3)], now=at(0))
        assert [level.buckets for level in reply.levels] == [Buckets(on_hand=3)]
        assert available(ledger) == 3
        assert_clean(ledger)

    def test_a_count_replaces_on_hand(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "p", want(quantity=4))
        ledger.adjust([Adjustment(AdjustmentKind.COUNT, key(), 6)], now=at(2))
        assert buckets(ledger) == Buckets(on_hand=6, held=4)
        ledger.adjust([Adjustment(AdjustmentKind.COUNT, key(), 0)], now=at(3))
        assert available(ledger) == -4
        assert_clean(ledger)

    def test_damaged_units_stay_on_hand_and_are_not_available(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        ledger.adjust([Adjustment(AdjustmentKind.DAMAGE, key(), 5)], now=at(1))
        assert buckets(ledger) == Buckets(on_hand=5, unavailable=5)
        with pytest.raises(InsufficientStockError):
            ledger.adjust([Adjustment(AdjustmentKind.DAMAGE, key(), 1)], now=at(2))

    def test_units_that_were_set_aside_are_restored_or_written_off(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        ledger.adjust([Adjustment(AdjustmentKind.QUARANTINE, key(), 4)], now=at(1))
        assert buckets(ledger) == Buckets(on_hand=5, unavailable=4)
        ledger.adjust([Adjustment(AdjustmentKind.RESTORE, key(), 1)], now=at(2))
        ledger.adjust([Adjustment(AdjustmentKind.WRITE_OFF, key(), 2)], now=at(3))
        assert buckets(ledger) == Buckets(on_hand=3, unavailable=1)
        for kind in (AdjustmentKind.RESTORE, AdjustmentKind.WRITE_OFF):
            with pytest.raises(InsufficientStockError):
                ledger.adjust([Adjustment(kind, key(), 2)], now=at(4))
        assert [row.entry.reason for row in ledger.entries()[1:]] == [
            ChangeReason.QUARANTINE,
            ChangeReason.RESTORE,
            ChangeReason.WRITE_OFF,
        ]
        assert_clean(ledger)

    def test_a_transfer_moves_what_nobody_is_promised(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=2), until=10)
        move = Adjustment(AdjustmentKind.TRANSFER, key(), 4, RENO, "to balance")
        with pytest.raises(InsufficientStockError):
            ledger.adjust([move], now=at(9))
        ledger.adjust([move], now=at(10))
        assert available(ledger) == 1
        assert available(ledger, key(location="reno")) == 4
        reasons = {row.entry.key.location_id: row.entry.reason for row in ledger.entries()[-2:]}
        assert reasons == {"dallas": ChangeReason.TRANSFER_OUT, "reno": ChangeReason.TRANSFER_IN}
        assert {row.entry.comment for row in ledger.entries()[-2:]} == {"to balance"}
        assert_clean(ledger)

    def test_adjustments_build_on_each_other(self, ledger: Ledger) -> None:
        ledger.adjust(
            [
                Adjustment(AdjustmentKind.RECEIVE, key(), 5),
                Adjustment(AdjustmentKind.TRANSFER, key(), 3, RENO),
                Adjustment(AdjustmentKind.DAMAGE, key(location="reno"), 3),
            ],
            now=at(0),
        )
        assert buckets(ledger, key(location="reno")) == Buckets(on_hand=3, unavailable=3)

    def test_one_that_fails_leaves_none_applied(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        with pytest.raises(InsufficientStockError):
            ledger.adjust(
                [
                    Adjustment(AdjustmentKind.RECEIVE, key("lid"), 5),
                    Adjustment(AdjustmentKind.DAMAGE, key(), 6),
                ],
                now=at(1),
            )
        assert [level.key for level in ledger.levels(now=at(2)).levels] == [key()]
        assert_clean(ledger)

    def test_everything_wrong_is_said_at_once(self, ledger: Ledger) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            ledger.adjust(
                [
                    Adjustment(AdjustmentKind.RECEIVE, key(), 0),
                    Adjustment(AdjustmentKind.TRANSFER, key(), 1),
                    Adjustment(AdjustmentKind.TRANSFER, key(location="reno"), 1, RENO),
                    Adjustment(AdjustmentKind.COUNT, key(""), 1, RENO),
                ],
                now=at(0),
            )
        assert [violation.path for violation in caught.value.violations] == [
            "adjustments[0].quantity",
            "adjustments[1].to_location_id",
            "adjustments[2].to_location_id",
            "adjustments[3].item_id",
            "adjustments[3].to_location_id",
        ]
