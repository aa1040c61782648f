"""What settling with those who wait looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from allocation.ledger.api import Ledger
from allocation.ledger.commands import Sweep
from allocation.ledger.conformance.scene import START, at, key
from allocation.ledger.conformance.waiting_scene import commit, wait
from allocation.ledger.core import allotting, sweeping
from allocation.ledger.core.serving import Claim, claims_of
from allocation.ledger.core.sweeping import some_of
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import LevelKey
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from routing.ids import ItemId, LocationId

PLACES = 40
EACH = 3


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "postgres":
        postgres: PostgresLedger = request.getfixturevalue("postgres")
        yield postgres
    elif request.param == "sqlite":
        with closing(SqliteLedger(tmp_path / "ledger.db")) as opened:
            yield opened
    else:
        yield MemoryLedger()


def test_a_feed_looks_at_a_plan_as_often_as_it_waits_not_once_for_every_row(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def noting(plans: Iterable[HeldPlan]) -> Iterator[Claim]:
        for claim in claims_of(plans):
            looked.append(claim.plan_id)
            yield claim

    for place in range(PLACES):
        for number in range(EACH):
            commit(ledger, f"p{place}-{number}", wait(1, None, item=f"i{place}"))
    monkeypatch.setattr(allotting, "claims_of", noting)
    rows = [
        LevelRow(key(f"i{place}", lot=lot), 1 if lot is None else 0)
        for place in range(PLACES)
        for lot in (None, "a", "b")
    ]
    reply = ledger.set_levels(rows, now=at(5))
    assert len(reply.settled.allotted) == PLACES
    assert len(looked) <= 5 * PLACES * EACH


def test_a_sweep_leaves_places_alone_where_no_lot_lasts_for_anybody(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[LevelKey] = []

    def noting(tx: object, keys: list[LevelKey], now: object) -> object:
        asked.extend(keys)
        return allotting.find_waiters(tx, keys, now)  # type: ignore[arg-type]

    commit(ledger, "picky", wait(1, None, shelf_days=5))
    old = LevelRow(key(lot="old"), 5, expiry_date=START.date() + timedelta(days=2))
    ledger.set_levels([old], now=at(2))
    monkeypatch.setattr(sweeping, "find_waiters", noting)
    assert ledger.sweep(now=at(3)).settled.allotted == ()
    assert asked == []


@pytest.mark.parametrize("apart_s", [1, 2, 3, 5, 10, 60, 300])
@pytest.mark.parametrize("count", [101, 200, 300, 1_000, 6_000])
def test_every_place_has_its_turn_however_far_apart_sweeps_are(count: int, apart_s: int) -> None:
    places = [(ItemId(f"i{number}"), LocationId("dallas")) for number in range(count)]
    seen: set[tuple[ItemId, LocationId]] = set()
    for number in range(4 * count // 100 + 4):
        some = some_of(places, Sweep(now=at(number * apart_s), limit=100))
        assert len(some) == 100
        seen.update(some)
    assert len(seen) == count
