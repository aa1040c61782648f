"""The audit finds what does not add up, and mends it when told to."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from collections.abc import Callable

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import (
    assert_clean,
    at,
    buckets,
    hold,
    key,
    stock,
    want,
)
from allocation.ledger.entry import ChangeReason
from allocation.ledger.level import Buckets, LevelKey

Tamper = Callable[[LevelKey, Buckets], None]


class AuditConformance:
    """What the audit promises."""

    def test_a_ledger_that_was_only_used_properly_is_clean(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=2), until=10)
        hold(ledger, "q", want(quantity=1))
        ledger.commit("q", now=at(2))
        assert_clean(ledger, seconds=3)
        assert_clean(ledger, seconds=11)
        ledger.sweep(now=at(11))
        assert_clean(ledger, seconds=11)

    def test_a_level_changed_behind_its_back_is_found_and_left_alone(
        self, ledger: Ledger, tamper: Tamper
    ) -> None:
        stock(ledger, 5)
        stock(ledger, 7, key("lid"))
        hold(ledger, "p", want(quantity=2))
        tamper(key(), Buckets(on_hand=9, held=1))
        for _ in range(2):
            found = ledger.audit(now=at(3))
            assert found.levels_checked == 2
            (difference,) = found.differences
            assert difference.key == key()
            assert difference.stored == Buckets(on_hand=9, held=1)
            assert difference.recomputed == Buckets(on_hand=5, held=2)
            assert not difference.compensated
        assert ledger.audit(now=at(3), item_ids=[key("lid").item_id]).differences == ()

    def test_a_difference_is_mended_when_told_to_and_readers_see_it(
        self, ledger: Ledger, tamper: Tamper
    ) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=2))
        version = ledger.snapshot(now=at(2)).version
        tamper(key(), Buckets(on_hand=9, held=1))
        (difference,) = ledger.audit(now=at(3), apply=True).differences
        assert difference.compensated
        assert buckets(ledger) == Buckets(on_hand=5, held=2)
        batch = ledger.changes_since(version, now=at(4))
        assert [(one.level.available, one.reason) for one in batch.changes] == [
            (3, ChangeReason.COMPENSATE)
        ]
        assert_clean(ledger)
        assert ledger.audit(now=at(5), apply=True).differences == ()
