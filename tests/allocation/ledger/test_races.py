"""However many want the last unit at once, one gets it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from allocation.ledger.conformance.scene import assert_clean, at, key, stock
from allocation.ledger.conformance.waiting_scene import DAY, supply
from allocation.ledger.level import Buckets
from allocation.ledger.states import HoldState
from tests.allocation.ledger.postgres_server import Server
from tests.allocation.ledger.racers import (
    LOCATIONS,
    POOL,
    Place,
    item,
    race_for_a_pool,
    race_for_one_unit,
    repeat_one_request,
    run_races,
)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path, schema: str) -> Place:
    if request.param == "sqlite":
        return Place(file=tmp_path / "ledger.db")
    server: Server = request.getfixturevalue("server")
    return Place(dsn=server.dsn, schema=schema)


def check_that_one_wins(place: Place, rounds: int) -> None:
    with closing(place.open()) as ledger:
        for number in range(rounds):
            stock(ledger, 1, key(item(number)))
        won = run_races(place, race_for_one_unit, rounds)
        assert [len(plans) for plans in won] == [1] * rounds
        for (plan_id,) in won:
            assert ledger.get_plan(plan_id, now=at(3)).state is HoldState.COMMITTED
        levels = ledger.levels(now=at(3)).levels
        assert {level.buckets for level in levels} == {Buckets(on_hand=1, committed=1)}
        assert_clean(ledger)


def test_one_of_many_racers_gets_the_last_unit(place: Place) -> None:
    check_that_one_wins(place, rounds=40)


@pytest.mark.soak
def test_one_of_many_racers_gets_the_last_unit_for_long(place: Place) -> None:
    check_that_one_wins(place, rounds=200)


def test_a_pool_of_seven_admits_seven_of_many_racers_at_three_locations(place: Place) -> None:
    rounds = 5
    with closing(place.open()) as ledger:
        for number in range(rounds):
            for location in LOCATIONS:
                supply(ledger, (10_000, DAY), level_key=key(item(number), location))
        won = run_races(place, race_for_a_pool, rounds)
        assert [len(plans) for plans in won] == [POOL] * rounds
        assert_clean(ledger)


def test_the_same_request_from_many_at_once_is_one_request(place: Place) -> None:
    rounds = 5
    with closing(place.open()) as ledger:
        for number in range(rounds):
            stock(ledger, 1_000, key(item(number)))
        first = run_races(place, repeat_one_request, rounds)
        assert [len(racers) for racers in first] == [1] * rounds
        levels = ledger.levels(now=at(3)).levels
        assert {level.buckets for level in levels} == {Buckets(on_hand=1_000, held=1)}
        assert_clean(ledger)
