"""Supply that comes at another time gives those who wait another date."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import assert_clean, at, key, stock
from allocation.ledger.conformance.waiting_scene import DAY, commit, hold, supply, wait
from allocation.ledger.entry import ChangeReason
from allocation.ledger.feed import LevelRow
from allocation.ledger.waiting import Slipped
from routing.ids import ItemId, LineId, LocationId


class SlipConformance:
    """What supply that comes at another time means to those who wait."""

    def test_supply_that_slips_gives_those_who_wait_another_date(self, ledger: Ledger) -> None:
        supply(ledger, (3, DAY))
        before = commit(ledger, "a", wait(3, DAY)).plan
        reply = supply(ledger, (3, 4 * DAY), seconds=5)
        assert reply.settled.slipped == (
            Slipped(
                "a",
                LineId("1"),
                ItemId("mug"),
                LocationId("dallas"),
                3,
                at(DAY),
                at(4 * DAY),
            ),
        )
        after = ledger.get_plan("a", now=at(6))
        waited = after.rows[0].waited
        assert waited is not None
        assert (waited.promised_time, waited.expected_time) == (at(DAY), at(4 * DAY))
        assert after.revision == before.revision + 1
        newest = ledger.history(ItemId("mug"), limit=1)[0].entry
        assert (newest.reason, newest.plan_id) == (ChangeReason.RESCHEDULE, "a")
        assert_clean(ledger)

    def test_the_same_supply_again_changes_nothing(self, ledger: Ledger) -> None:
        supply(ledger, (3, DAY), (3, 2 * DAY))
        commit(ledger, "a", wait(2, DAY))
        commit(ledger, "b", wait(3, 2 * DAY))
        assert supply(ledger, (3, DAY), (3, 2 * DAY), seconds=5).settled.slipped == ()
        assert ledger.get_plan("a", now=at(6)).revision == 2

    def test_less_supply_puts_off_the_last_in_the_order(self, ledger: Ledger) -> None:
        supply(ledger, (4, DAY))
        commit(ledger, "a", wait(2, DAY, placed=-5))
        commit(ledger, "b", wait(2, DAY, placed=-4, lead=9 * DAY))
        slipped = supply(ledger, (3, DAY), (5, 3 * DAY), seconds=5).settled.slipped
        assert [(one.plan_id, one.after) for one in slipped] == [("b", at(3 * DAY))]
        slipped = supply(ledger, (3, DAY), seconds=6).settled.slipped
        assert [(one.plan_id, one.after) for one in slipped] == [("b", at(9 * DAY))]
        slipped = supply(ledger, seconds=7).settled.slipped
        assert [(one.plan_id, one.after) for one in slipped] == [("a", None)]

    def test_supply_that_comes_earlier_is_told_as_well(self, ledger: Ledger) -> None:
        stock(ledger, 0)
        commit(ledger, "a", wait(2, None))
        slipped = supply(ledger, (2, DAY), seconds=5).settled.slipped
        assert [(one.before, one.after) for one in slipped] == [(None, at(DAY))]

    def test_a_preorder_is_never_expected_before_its_release(self, ledger: Ledger) -> None:
        supply(ledger, (2, DAY))
        commit(ledger, "a", wait(2, 5 * DAY, release=5 * DAY))
        assert supply(ledger, (2, 3 * DAY), seconds=5).settled.slipped == ()
        slipped = supply(ledger, (2, 7 * DAY), seconds=6).settled.slipped
        assert [one.after for one in slipped] == [at(7 * DAY)]

    def test_units_that_came_after_all_could_be_picked_when_they_came(self, ledger: Ledger) -> None:
        supply(ledger, (3, DAY))
        commit(ledger, "a", wait(3, DAY))
        hold(ledger, "b", wait(1, 3 * DAY, release=3 * DAY, lead=3 * DAY), seconds=2)
        supply(ledger, seconds=5)
        supply(ledger, on_hand=2, seconds=6)
        plan = ledger.get_plan("a", now=at(7))
        terms = [(row.quantity, row.waited) for row in plan.rows]
        assert [(n, waited and waited.expected_time) for n, waited in terms] == [
            (1, None),
            (2, at(6)),
        ]
        assert all(waited is not None and waited.promised_time == at(DAY) for _, waited in terms)
        supply(ledger, on_hand=4, seconds=8)
        (row,) = ledger.get_plan("b", now=at(9)).rows
        assert row.waited is not None
        assert row.waited.expected_time == at(3 * DAY)
        assert_clean(ledger)

    def test_those_behind_units_that_were_given_back_are_told_by_a_sweep(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (2, DAY), (2, 9 * DAY))
        commit(ledger, "a", wait(2, DAY, placed=-9))
        commit(ledger, "b", wait(2, 9 * DAY, placed=-8))
        assert ledger.sweep(now=at(2)).settled.slipped == ()
        ledger.release("a", now=at(3))
        hold(ledger, "c", wait(1, 9 * DAY, placed=-1), seconds=4)
        swept = ledger.sweep(now=at(5))
        assert [(one.plan_id, one.after) for one in swept.settled.slipped] == [("b", at(DAY))]
        version = swept.version
        assert ledger.sweep(now=at(6)).settled.slipped == ()
        assert ledger.changes_since(version, now=at(6)).changes == ()
        assert_clean(ledger)

    def test_those_behind_a_hold_that_ran_out_are_told_by_the_sweep_after(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (2, DAY), (2, 9 * DAY))
        hold(ledger, "a", wait(2, DAY, placed=-9), until=10)
        hold(ledger, "b", wait(2, 9 * DAY, placed=-8), until=100)
        assert ledger.sweep(now=at(11)).expired == ("a",)
        slipped = ledger.sweep(now=at(12)).settled.slipped
        assert [(one.plan_id, one.after) for one in slipped] == [("b", at(DAY))]
        assert_clean(ledger)

    def test_sweeps_date_those_who_wait_where_only_lots_or_no_levels_are_known(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (2, DAY), level_key=key(lot="L1"))
        for location in ("dallas", "reno"):
            hold(ledger, f"a {location}", wait(1, None, location=location), seconds=1)
            commit(
                ledger, f"b {location}", wait(1, None, lead=2 * DAY, location=location), seconds=2
            )
            ledger.release(f"a {location}", now=at(3))
        swept = ledger.sweep(now=at(30))
        assert [(one.plan_id, one.after) for one in swept.settled.slipped] == [
            ("b dallas", at(DAY)),
            ("b reno", at(2 * DAY)),
        ]
        assert_clean(ledger)

    def test_a_feed_that_is_repeated_says_again_who_was_affected(self, ledger: Ledger) -> None:
        supply(ledger, (3, DAY))
        commit(ledger, "a", wait(3, DAY))
        rows = [LevelRow(key(), 0)]
        first = ledger.set_levels(rows, now=at(5), request_id="f")
        again = ledger.set_levels(rows, now=at(9), request_id="f")
        assert first.settled.slipped
        assert (again.settled, again.replayed) == (first.settled, True)
