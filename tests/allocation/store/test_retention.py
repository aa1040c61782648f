"""What is old goes, page by page; what anybody still needs stays, and levels still add up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.commands import Hold
from allocation.ledger.conformance.scene import assert_clean
from allocation.ledger.decisions import digest_of
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import PlanNotFoundError
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import LevelKey
from allocation.ledger.network_rows import NetworkRow
from allocation.ledger.retention import DecisionPlace, Kept, Place, Retention
from allocation.store.api import Store
from allocation.store.open import open_store
from allocation.store.postgres import postgres_store
from routing.ids import ItemId, LineId, LocationId
from tests.allocation.ledger.postgres_server import Server

NOW = datetime(2026, 9, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MUG, TEA = (LevelKey(ItemId(item), LocationId("reno")) for item in ("mug", "tea"))


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "postgres":
        server: Server = request.getfixturevalue("server")
        opened = postgres_store(server.dsn, schema=request.getfixturevalue("schema"))
    else:
        opened = open_store(f"sqlite:{tmp_path / 'shipfrom.db'}")
    with closing(opened):
        opened.ledger.set_levels([LevelRow(MUG, 100), LevelRow(TEA, 100)], now=NOW - DAY)
        yield opened


@pytest.fixture
def retention(store: Store) -> Retention:
    assert store.retention is not None
    return store.retention


def hold(store: Store, plan_id: str, key: LevelKey = MUG, *, now: datetime = NOW) -> None:
    command = Hold(
        now=now,
        request_id=f"hold {plan_id}",
        plan_id=plan_id,
        rows=(HoldRow(LineId("1"), 0, key, 2),),
        expire_time=now + timedelta(minutes=15),
        payload=b"payload",
        decision=b"why " + plan_id.encode(),
        caller_fingerprint=plan_id.encode(),
    )
    store.ledger.submit(command).result()


def forget(retention: Retention, kept: Kept, before: datetime, limit: int = 2) -> int:
    """Go through everything, a few rows at a time."""
    count = 0
    after: Place = ()
    while True:
        done = retention.forget(kept, before=before, after=after, limit=limit)
        count += done.count
        if done.after is None:
            return count
        after = done.after


def test_answers_are_forgotten_by_age(store: Store, retention: Retention) -> None:
    for number in range(5):
        hold(store, f"p{number}", now=NOW + number * DAY)
    assert forget(retention, Kept.ANSWERS, NOW + 3 * DAY) == 3
    assert store.ledger.find_hold("hold p2", b"p2") is None
    assert store.ledger.find_hold("hold p3", b"p3") is not None
    assert forget(retention, Kept.ANSWERS, NOW + 3 * DAY) == 0


def test_records_of_plans_that_have_stock_are_kept_however_old(
    store: Store, retention: Retention
) -> None:
    for plan_id in ("held", "committed", "gone", "given back"):
        hold(store, plan_id)
    store.ledger.commit("committed", now=NOW)
    store.ledger.commit("gone", now=NOW)
    store.ledger.fulfill("gone", now=NOW)
    store.ledger.release("given back", now=NOW)
    store.decisions.keep("only planned", b"why", now=NOW).result()
    store.decisions.keep("planned later", b"why", now=NOW + 3 * DAY).result()
    assert forget(retention, Kept.DECISIONS, NOW + 2 * DAY) == 3
    kept = {"held", "committed", "planned later"}
    for plan_id in (*kept, "gone", "given back", "only planned"):
        assert (store.decisions.find(plan_id) is not None) is (plan_id in kept)


def test_plans_go_when_they_have_been_over_for_long(store: Store, retention: Retention) -> None:
    for plan_id in ("held", "committed", "gone", "given back", "gone late", "given back late"):
        hold(store, plan_id)
    for plan_id in ("committed", "gone", "given back late", "gone late"):
        store.ledger.commit(plan_id, now=NOW)
    store.ledger.fulfill("gone", now=NOW)
    store.ledger.release("given back", now=NOW)
    store.ledger.fulfill("gone late", now=NOW + 9 * DAY)
    store.ledger.release("given back late", now=NOW + 9 * DAY)
    before = store.ledger.snapshot(now=NOW + 9 * DAY).rows
    assert forget(retention, Kept.PLANS, NOW + 5 * DAY) == 2
    later = NOW + 10 * DAY
    for plan_id in ("gone", "given back"):
        with pytest.raises(PlanNotFoundError):
            store.ledger.get_plan(plan_id, now=later)
        assert store.decisions.find(plan_id) is None
    for plan_id in ("held", "committed", "gone late", "given back late"):
        assert store.ledger.get_plan(plan_id, now=later).plan_id == plan_id
    assert store.ledger.snapshot(now=NOW + 9 * DAY).rows == before
    assert store.ledger.audit(now=later).differences == ()


def test_an_answer_about_a_plan_that_is_gone_says_so(store: Store, retention: Retention) -> None:
    hold(store, "p")
    store.ledger.release("p", now=NOW)
    assert forget(retention, Kept.PLANS, NOW + 5 * DAY) == 1
    with pytest.raises(PlanNotFoundError):
        hold(store, "p", now=NOW + 9 * DAY)
    with pytest.raises(PlanNotFoundError):
        store.ledger.find_hold("hold p", b"p")
    assert forget(retention, Kept.ANSWERS, NOW + 5 * DAY) == 1
    hold(store, "p", now=NOW + 9 * DAY)


def test_old_entries_become_one_and_levels_still_add_up(store: Store, retention: Retention) -> None:
    ledger = store.ledger
    for number in range(3):
        hold(store, f"p{number}")
        ledger.commit(f"p{number}", now=NOW)
    ledger.fulfill("p0", now=NOW)
    received = [Adjustment(AdjustmentKind.RECEIVE, MUG, 5)]
    ledger.adjust(received, now=NOW + 5 * DAY)
    before = ledger.levels(now=NOW + 6 * DAY)
    version = ledger.changes_since(0, now=NOW + 6 * DAY).version
    assert forget(retention, Kept.ENTRIES, NOW + 2 * DAY, limit=1) == 7
    history = ledger.history(MUG.item_id)
    assert [row.entry.reason for row in history] == [ChangeReason.RECEIVE, ChangeReason.CARRIED]
    assert (history[1].entry.change.on_hand, history[1].entry.change.committed) == (98, 4)
    assert [row.entry.reason for row in ledger.history(TEA.item_id)] == [ChangeReason.FEED]
    assert ledger.levels(now=NOW + 6 * DAY).levels == before.levels
    assert ledger.audit(now=NOW + 6 * DAY).differences == ()
    assert ledger.changes_since(version, now=NOW + 6 * DAY).changes == ()
    assert {one.level.key for one in ledger.changes_since(0, now=NOW + 6 * DAY).changes} == {
        MUG,
        TEA,
    }
    assert forget(retention, Kept.ENTRIES, NOW + 2 * DAY) == 0
    assert forget(retention, Kept.ENTRIES, NOW + 6 * DAY) == 1
    assert ledger.audit(now=NOW + 6 * DAY).differences == ()
    assert_clean(ledger, seconds=0)


def test_a_level_with_many_old_entries_is_folded_over_several_writes(
    store: Store, retention: Retention
) -> None:
    ledger = store.ledger
    for number in range(9):
        for key in (MUG, TEA):
            received = [Adjustment(AdjustmentKind.RECEIVE, key, 1)]
            ledger.adjust(received, now=NOW + number * DAY)
    before = ledger.levels(now=NOW + 20 * DAY)
    counts: list[int] = []
    after: Place = ()
    while True:
        done = retention.forget(Kept.ENTRIES, before=NOW + 10 * DAY, after=after, limit=4)
        counts.append(done.count)
        if done.after is None:
            break
        after = done.after
    assert max(counts) <= 4
    assert sum(counts) == 18
    assert ledger.levels(now=NOW + 20 * DAY).levels == before.levels
    assert ledger.audit(now=NOW + 20 * DAY).differences == ()
    assert [row.entry.change.on_hand for row in ledger.history(MUG.item_id)] == [109]


def test_a_plan_without_rows_is_kept_for_as_long_after_it_ended(
    store: Store, retention: Retention
) -> None:
    ledger = store.ledger
    ledger.hold("bare", [], expire_time=NOW + DAY, now=NOW)
    ledger.commit("bare", now=NOW)
    ledger.release("bare", now=NOW + 9 * DAY, request_id="give back")
    assert forget(retention, Kept.PLANS, NOW + 5 * DAY) == 0
    assert ledger.release("bare", now=NOW + 10 * DAY, request_id="give back").replayed
    assert forget(retention, Kept.PLANS, NOW + 10 * DAY) == 1


def test_a_plan_stays_readable_though_its_entries_were_folded(
    store: Store, retention: Retention
) -> None:
    ledger = store.ledger
    hold(store, "p")
    ledger.commit("p", now=NOW)
    ledger.release("p", now=NOW + 9 * DAY, request_id="give back")
    ledger.adjust([Adjustment(AdjustmentKind.RECEIVE, MUG, 1)], now=NOW + 10 * DAY)
    forget(retention, Kept.ENTRIES, NOW + 20 * DAY)
    assert forget(retention, Kept.PLANS, NOW + 5 * DAY) == 0
    assert ledger.release("p", now=NOW + 21 * DAY, request_id="give back").replayed


def test_versions_of_the_network_stay_readable_from_where_they_are_needed(
    store: Store, retention: Retention
) -> None:
    log = store.network
    for version, content in enumerate("abcd"):
        rows = [NetworkRow("item", "mug", content.encode())]
        if content in "ac":
            rows.append(NetworkRow("location", "reno", content.encode()))
        assert log.add(rows, after=version) == version + 1
    needed = [log.at(version).rows for version in (3, 4)]
    gone = 0
    after: Place = ()
    while True:
        done = retention.forget_network(below=3, after=after, limit=1)
        gone += done.count
        if done.after is None:
            break
        after = done.after
    assert gone == 3
    assert [log.at(version).rows for version in (3, 4)] == needed
    assert log.since(0).rows == needed[1]
    assert log.since(2).rows == needed[1]


def test_of_many_processes_one_begins_a_pass(retention: Retention) -> None:
    assert retention.begin(now=NOW, every=DAY, network_version=7) == 0
    assert retention.begin(now=NOW + DAY / 2, every=DAY, network_version=8) is None
    assert retention.begin(now=NOW + DAY, every=DAY, network_version=9) == 7
    assert retention.begin(now=NOW + DAY, every=DAY, network_version=9) is None


def test_the_oldest_decisions_come_first(store: Store, retention: Retention) -> None:
    for number in (2, 0, 1):
        record = f"{number}".encode()
        store.decisions.keep(f"p{number}", record, now=NOW + number * DAY).result()
    for within, expected in ((DAY, [b"0", b"1"]), (9 * DAY, [b"0", b"1", b"2"])):
        found: list[bytes] = []
        after: DecisionPlace | None = None
        while True:
            page, after = retention.oldest_decisions(within=within, after=after, limit=1)
            found += page
            if after is None:
                break
        assert found == expected


def test_contents_that_are_named_go_and_the_others_stay(store: Store, retention: Retention) -> None:
    store.decisions.keep_contents([b"a", b"b", b"c"])
    digests = [digest_of(content) for content in (b"a", b"b", b"c")]
    assert retention.contents() == sorted(digests)
    assert retention.forget_contents([digests[0], digest_of(b"unknown"), digests[2]]) == 2
    assert retention.contents() == [digests[1]]
    assert store.decisions.content(digests[1]) == b"b"
