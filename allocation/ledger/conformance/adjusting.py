"""Adjustments: all or none, in their order."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from dataclasses import replace
from datetime import date

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
    level,
    stock,
    want,
)
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import RequestIdReusedError, TakesTooMuchError
from allocation.ledger.level import Buckets, Incoming
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
        with pytest.raises(TakesTooMuchError):
            ledger.adjust([Adjustment(AdjustmentKind.DAMAGE, key(), 1)], now=at(2))

    def test_units_that_were_set_aside_are_restored_or_written_off(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        ledger.adjust([Adjustment(AdjustmentKind.QUARANTINE, key(), 4)], now=at(1))
        assert buckets(ledger) == Buckets(on_hand=5, unavailable=4)
        ledger.adjust([Adjustment(AdjustmentKind.RESTORE, key(), 1)], now=at(2))
        ledger.adjust([Adjustment(AdjustmentKind.WRITE_OFF, key(), 2)], now=at(3))
        assert buckets(ledger) == Buckets(on_hand=3, unavailable=1)
        for kind in (AdjustmentKind.RESTORE, AdjustmentKind.WRITE_OFF):
            with pytest.raises(TakesTooMuchError):
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
        with pytest.raises(TakesTooMuchError):
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

    def test_what_takes_too_much_says_how_much_is_there_and_what_to_do(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 9)
        hold(ledger, "p", want(quantity=3))
        ledger.adjust([Adjustment(AdjustmentKind.QUARANTINE, key(), 2)], now=at(2))
        for kind, most, words in (
            (AdjustmentKind.DAMAGE, 7, "on hand and not set aside yet; if more is there"),
            (AdjustmentKind.RESTORE, 2, "are set aside; set units aside first"),
            (AdjustmentKind.WRITE_OFF, 2, "are set aside; set units aside first"),
            (AdjustmentKind.TRANSFER, 4, "not of plans; release or reallocate plans"),
        ):
            to = RENO if kind is AdjustmentKind.TRANSFER else None
            with pytest.raises(TakesTooMuchError, match=words) as caught:
                ledger.adjust([Adjustment(kind, key(), most + 1, to)], now=at(3))
            (one,) = caught.value.found
            assert (one.requested, one.there) == (most + 1, most)
            assert "Plan again" not in caught.value.message
        assert_clean(ledger)

    def test_the_first_that_takes_too_much_of_each_level_is_told(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        stock(ledger, 5, key("lid"))
        with pytest.raises(TakesTooMuchError) as caught:
            ledger.adjust(
                [
                    Adjustment(AdjustmentKind.TRANSFER, key(), 6, RENO),
                    Adjustment(AdjustmentKind.DAMAGE, key(location="reno"), 7),
                    Adjustment(AdjustmentKind.RECEIVE, key("lid"), 2),
                    Adjustment(AdjustmentKind.DAMAGE, key("lid"), 8),
                ],
                now=at(1),
            )
        paths = [one.path for one in caught.value.found]
        assert paths == ["adjustments[0]", "adjustments[3]"]
        assert "8 of lid at dallas, where 7 are" in caught.value.message

    def test_one_that_fails_leaves_none_applied(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        with pytest.raises(TakesTooMuchError):
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

    def test_a_lot_keeps_its_dates_wherever_it_is_transferred(self, ledger: Ledger) -> None:
        here, there = key(lot="L1"), key(location="reno", lot="L1")
        came = Adjustment(AdjustmentKind.RECEIVE, here, 3)
        came = replace(came, expiry_date=date(2026, 3, 20), received_date=date(2026, 2, 1))
        ledger.adjust([came], now=at(1))
        ledger.adjust([Adjustment(AdjustmentKind.RECEIVE, here, 1)], now=at(2))
        ledger.adjust([Adjustment(AdjustmentKind.TRANSFER, here, 3, RENO)], now=at(3))
        for found in (level(ledger, here), level(ledger, there)):
            assert found.expiry_date == came.expiry_date
            assert found.received_date == came.received_date
        later = Adjustment(AdjustmentKind.RECEIVE, there, 1, expiry_date=date(2026, 4, 1))
        ledger.adjust([later], now=at(4))
        assert level(ledger, there).expiry_date == date(2026, 4, 1)
        assert_clean(ledger)

    def test_what_is_transferred_is_nowhere_until_it_arrives(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        moved = Adjustment(AdjustmentKind.TRANSFER, key(), 3, RENO, arrival_time=at(900))
        reply = ledger.adjust([moved], now=at(1), request_id="r")
        assert [one.buckets.on_hand for one in reply.levels] == [2, 0]
        assert level(ledger, key(location="reno")).incoming == (Incoming(3, at(900)),)
        assert ledger.adjust([moved], now=at(2), request_id="r").replayed
        with pytest.raises(RequestIdReusedError):
            ledger.adjust([replace(moved, arrival_time=at(901))], now=at(2), request_id="r")
        reno = key(location="reno")
        came = Adjustment(AdjustmentKind.RECEIVE, reno, 2, is_expected=True)
        ledger.adjust([came], now=at(800))
        assert level(ledger, reno, seconds=800).incoming == (Incoming(1, at(900)),)
        assert buckets(ledger, reno, seconds=800) == Buckets(on_hand=2)
        assert_clean(ledger, seconds=800)

    def test_dates_are_those_of_lots_that_come_in(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        day = date(2026, 3, 20)
        receipt, lot = Adjustment(AdjustmentKind.RECEIVE, key(), 1), key(lot="a")
        for wrong, path in (
            (replace(receipt, expiry_date=day), "expiry_date"),
            (Adjustment(AdjustmentKind.DAMAGE, lot, 1, received_date=day), "received_date"),
            (replace(receipt, arrival_time=at(9)), "arrival_time"),
        ):
            with pytest.raises(InvalidRequestError) as caught:
                ledger.adjust([wrong], now=at(1))
            assert [one.path for one in caught.value.violations] == [f"adjustments[0].{path}"]
