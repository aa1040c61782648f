"""Records of decisions are kept once, with the hold where there is one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from allocation.ledger.commands import Hold
from allocation.ledger.decisions import digest_of
from allocation.ledger.errors import InsufficientStockError
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import LevelKey
from allocation.store.api import Store
from routing.ids import ItemId, LineId, LocationId

NOW = datetime(2026, 9, 1, tzinfo=UTC)
MUG = LevelKey(ItemId("mug"), LocationId("reno"))


def hold(plan_id: str, quantity: int, decision: bytes) -> Hold:
    return Hold(
        now=NOW,
        plan_id=plan_id,
        rows=(HoldRow(LineId("1"), 0, MUG, quantity),),
        expire_time=NOW + timedelta(minutes=1),
        decision=decision,
    )


def test_a_hold_keeps_its_record_in_the_same_write(store: Store) -> None:
    store.ledger.set_levels([LevelRow(MUG, 3)], now=NOW)
    store.ledger.submit(hold("p", 2, b"\x00why")).result()
    assert store.decisions.find("p") == b"\x00why"
    with pytest.raises(InsufficientStockError):
        store.ledger.submit(hold("q", 2, b"because")).result()
    assert store.decisions.find("q") is None


def test_a_plan_without_a_hold_can_be_recorded_and_the_first_record_stays(store: Store) -> None:
    for record in (b"first", b"second"):
        store.decisions.keep("p", record, now=NOW).result()
        assert store.decisions.find("p") == b"first"


@pytest.mark.parametrize("plan_id", ["", "p\0", "no such plan"])
def test_a_plan_that_was_not_recorded_has_no_record(store: Store, plan_id: str) -> None:
    assert store.decisions.find(plan_id) is None


def test_contents_are_found_by_their_digests_however_often_they_come(store: Store) -> None:
    store.decisions.keep_contents([b"card", b"place", b"card"])
    store.decisions.keep_contents([b"place", b""])
    for content in (b"card", b"place", b""):
        assert store.decisions.content(digest_of(content)) == content
    assert store.decisions.content(digest_of(b"other")) is None
