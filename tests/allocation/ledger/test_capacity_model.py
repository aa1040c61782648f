"""Days of locations under random plans, against counting them one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import pytest

from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import assert_clean, at, key, stock, want
from allocation.ledger.core.capacity import counter_key
from allocation.ledger.errors import CapacityTakenError, LedgerPlanError
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.sqlite import SqliteLedger
from routing.daily_capacity import WHOLE_ORDER, CapacityTake, Measure, PeriodMeasure
from routing.ids import LineId, LocationId

PLACES = ("dallas", "reno")
DAYS = (date(2026, 3, 2), date(2026, 3, 3))
MOST = {Measure.ORDERS: 3, Measure.LINES: 5, Measure.UNITS: 9}
STEPS = 40


@dataclass
class Booked:
    """A plan as the model remembers it: what each line takes at a place, and until when."""

    takes: tuple[CapacityTake, ...]
    expires: int
    lines: set[str]
    state: str = "held"

    def counts(self, take: CapacityTake, now: int) -> bool:
        if self.state == "held":
            alive = now < self.expires
        else:
            alive = self.state in ("committed", "fulfilled")
        return alive and (take.line_id in self.lines or take.line_id == WHOLE_ORDER)


class Day:
    """What is taken of each place and day, by looking at every plan there ever was."""

    def __init__(self) -> None:
        self.plans: dict[str, Booked] = {}

    def taken(self, like: CapacityTake, now: int) -> int:
        same = (like.location_id, like.day, like.measure)
        return sum(
            take.quantity
            for plan in self.plans.values()
            for take in plan.takes
            if (take.location_id, take.day, take.measure) == same and plan.counts(take, now)
        )

    def admits(self, takes: tuple[CapacityTake, ...], now: int) -> bool:
        wanted: dict[Measure | PeriodMeasure, int] = {}
        for take in takes:
            wanted[take.measure] = wanted.get(take.measure, 0) + take.quantity
        return all(self.taken(take, now) + wanted[take.measure] <= take.most for take in takes)


def random_takes(random: Random) -> tuple[CapacityTake, ...]:
    place, day = LocationId(random.choice(PLACES)), random.choice(DAYS)
    takes = [CapacityTake(place, day, Measure.ORDERS, 1, MOST[Measure.ORDERS])]
    for number in range(random.randint(1, 3)):
        line = LineId(f"{number}")
        units = random.randint(1, 4)
        takes += [
            CapacityTake(place, day, Measure.LINES, 1, MOST[Measure.LINES], line),
            CapacityTake(place, day, Measure.UNITS, units, MOST[Measure.UNITS], line),
        ]
    return tuple(takes)


def play(ledger: Ledger, seed: int) -> int:
    """Play a random day on a ledger and its model; return how many holds were refused."""
    random, day, refused = Random(seed), Day(), 0
    for place in PLACES:
        stock(ledger, 10**6, key(location=place))
    now = 1
    for step in range(STEPS):
        now += random.choice((0, 0, 1, 3))
        if random.random() < 0.55 or not day.plans:
            refused += _hold(ledger, day, f"p{step}", random, now)
        else:
            _step(ledger, random.choice(sorted(day.plans)), day, random, now)
        for like in (take for plan in day.plans.values() for take in plan.takes):
            reply = ledger.levels(now=at(now), item_ids=[counter_key(like).item_id])
            levels = {level.key: level for level in reply.levels}
            assert -levels[counter_key(like)].available == day.taken(like, now), (seed, step, like)
    assert_clean(ledger, seconds=now)
    return refused


def _hold(ledger: Ledger, day: Day, plan_id: str, random: Random, now: int) -> bool:
    takes = random_takes(random)
    lines = {str(take.line_id) for take in takes if take.line_id != WHOLE_ORDER}
    rows = [want(key(location=takes[0].location_id), line=line) for line in sorted(lines)]
    expires = now + random.randint(1, 12)
    fits = day.admits(takes, now)
    try:
        ledger.hold(plan_id, rows, expire_time=at(expires), now=at(now), capacity=takes)
    except CapacityTakenError:
        assert not fits, (plan_id, takes)
        return True
    assert fits, (plan_id, takes)
    day.plans[plan_id] = Booked(takes, expires, lines)
    return False


def _step(ledger: Ledger, plan_id: str, day: Day, random: Random, now: int) -> None:
    plan = day.plans[plan_id]
    verb = random.choice(("commit", "release", "release a line", "fulfill"))
    try:
        if verb == "commit":
            ledger.commit(plan_id, now=at(now))
            plan.state = "committed" if plan.state == "held" else plan.state
        elif verb == "fulfill":
            ledger.fulfill(plan_id, now=at(now))
            plan.state = "fulfilled" if plan.state == "committed" else plan.state
        elif verb == "release" or len(plan.lines) < 2:
            ledger.release(plan_id, now=at(now))
            # Of a plan that has shipped, a release finds no more than what was released before.
            plan.state = "released" if plan.state != "fulfilled" else plan.state
        else:
            line = random.choice(sorted(plan.lines))
            ledger.release(plan_id, lines=[LineId(line)], now=at(now))
            plan.lines.discard(line)
    except LedgerPlanError:
        # Too late or too early for it, which changes nothing but may write an expiry down.
        return


@pytest.fixture
def ledgers(tmp_path: Path) -> Iterator[list[Ledger]]:
    with closing(SqliteLedger(tmp_path / "a.db")) as ledger:
        yield [ledger]


@pytest.mark.parametrize("first_seed", range(0, 80, 20))
def test_a_day_is_counted_as_by_hand(first_seed: int) -> None:
    refused = sum(play(MemoryLedger(), seed) for seed in range(first_seed, first_seed + 20))
    assert refused > 20


@pytest.mark.parametrize("seed", range(3))
def test_a_day_is_counted_as_by_hand_on_disk(ledgers: list[Ledger], seed: int) -> None:
    play(ledgers[0], seed)


@pytest.mark.soak
@pytest.mark.parametrize("first_seed", range(1_000, 3_000, 500))
def test_thousands_of_days_are_counted_as_by_hand(first_seed: int) -> None:
    for seed in range(first_seed, first_seed + 500):
        play(MemoryLedger(), seed)
