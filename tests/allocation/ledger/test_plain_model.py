"""The rules of the ledger say the same as a model that is too simple to be wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from allocation.errors import EngineError
from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.conformance.scene import at
from allocation.ledger.errors import InsufficientStockError
from allocation.ledger.feed import FeedKind, LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import LevelKey, StockOwner
from allocation.ledger.memory import MemoryLedger
from routing.ids import LineId, LocationId
from tests.allocation.ledger.moves import KEYS, keys, line_ids
from tests.allocation.ledger.plain_model import PlainModel, Unit


class LedgerAgainstModel(RuleBasedStateMachine):
    @initialize()
    def open(self) -> None:
        self.ledger = MemoryLedger()
        self.model = PlainModel()
        self.seconds = 100.0
        for one in KEYS:
            self.model.feed(LevelRow(one, 12), StockOwner.ENGINE, self.now)
        self.ledger.set_levels([LevelRow(one, 12) for one in KEYS], now=self.now)

    @property
    def now(self) -> datetime:
        return at(self.seconds)

    def tick(self) -> None:
        """Give every event an instant of its own, as the model knows no order within one."""
        self.seconds += 1

    @rule(seconds=st.sampled_from([1.0, 3.0, 10.0, 40.0]))
    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    @rule(
        figures=st.lists(
            st.tuples(
                keys,
                st.integers(0, 15),
                st.sampled_from([None, 0]),
                st.sampled_from([None, 0, 2]),
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda figure: figure[0],
        ),
        owner=st.sampled_from(StockOwner),
        full=st.sampled_from([False, False, False, True]),
        data=st.data(),
    )
    def feed(
        self,
        figures: list[tuple[LevelKey, int, int | None, int | None]],
        owner: StockOwner,
        full: bool,
        data: st.DataObject,
    ) -> None:
        self.tick()
        rows = [LevelRow(*figure) for figure in figures]
        observed = data.draw(st.sampled_from(self.instants_of_interest()))
        kind = FeedKind.FULL if full else FeedKind.DELTA
        reply = self.ledger.set_levels(
            rows, now=self.now, owner=owner, kind=kind, observed_time=observed
        )
        taken = sum(self.model.feed(row, owner, observed) for row in rows)
        assert reply.accepted_rows == taken
        if full:
            places = {row.key.location_id for row in rows}
            for key in set(self.model.shelves) - {row.key for row in rows}:
                if key.location_id in places:
                    self.model.feed(LevelRow(key, 0, unavailable=0), owner, observed)

    @rule(kind=st.sampled_from(AdjustmentKind), key=keys, quantity=st.integers(1, 6))
    def adjust(self, kind: AdjustmentKind, key: LevelKey, quantity: int) -> None:
        self.tick()
        to = None
        if kind is AdjustmentKind.TRANSFER:
            to = LocationId("reno" if key.location_id == "dallas" else "dallas")
        one = Adjustment(kind, key, quantity, to)
        possible = self.model.adjust(one, self.now)
        try:
            self.ledger.adjust([one], now=self.now)
        except EngineError:
            assert not possible
        else:
            assert possible

    @rule(
        rows=st.lists(
            st.builds(
                HoldRow,
                line_ids,
                st.integers(0, 1),
                keys,
                st.integers(1, 4),
                serials=st.just(()),
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda row: (row.line_id, row.part, row.key),
        ),
        lasts=st.sampled_from([1.0, 20.0, 500.0, 500.0]),
    )
    def hold(self, rows: list[HoldRow], lasts: float) -> None:
        self.tick()
        plan_id = f"plan {len(self.model.units):04}"
        expires = at(self.seconds + lasts)
        try:
            self.ledger.hold(plan_id, rows, expire_time=expires, now=self.now)
        except InsufficientStockError:
            assert not self.model.hold(plan_id, rows, expires, self.now)
        else:
            assert self.model.hold(plan_id, rows, expires, self.now)

    @rule(
        data=st.data(), step=st.sampled_from(["commit", "commit", "release", "fulfill", "fulfill"])
    )
    def step(self, data: st.DataObject, step: str) -> None:
        self.tick()
        plan_ids = sorted({unit.plan_id for unit in self.model.units})[-4:]
        if not plan_ids:
            return
        plan_id = data.draw(st.sampled_from(plan_ids))
        units = [unit for unit in self.model.units if unit.plan_id == plan_id]
        try:
            getattr(self.ledger, step)(plan_id, now=self.now)
        except InsufficientStockError:
            assert step == "commit"
            assert self.is_short(units)
        except EngineError:
            # Which error it is, is written down case by case in the conformance suite.
            assert not any(self.may(step, unit) for unit in units)
        else:
            assert step != "commit" or not self.is_short(units)
            for unit in units:
                self.take(step, unit)

    @rule(key=keys, data=st.data())
    def ship_one_at_once(self, key: LevelKey, data: st.DataObject) -> None:
        before = len(self.model.units)
        self.hold([HoldRow(LineId("1"), 0, key, 1)], 500.0)
        if len(self.model.units) > before:
            for step in data.draw(st.sampled_from([["commit"], ["commit", "fulfill"]])):
                self.tick()
                getattr(self.ledger, step)(self.model.units[-1].plan_id, now=self.now)
                self.take(step, self.model.units[-1])

    @rule()
    def sweep(self) -> None:
        self.ledger.sweep(now=self.now)

    @invariant()
    def every_level_shows_what_the_model_says(self) -> None:
        levels = self.ledger.levels(now=self.now).levels
        assert {level.key: level.buckets for level in levels} == {
            key: self.model.buckets(key, self.now) for key in self.model.shelves
        }
        assert self.ledger.audit(now=self.now).differences == ()

    def instants_of_interest(self) -> list[datetime]:
        """Return now, and just before, at and just after what has happened to plans."""
        times = [unit.committed for unit in self.model.units if unit.committed]
        times += [unit.fulfilled for unit in self.model.units if unit.fulfilled]
        times += [time for time, _, _ in self.model.moved[-2:]]
        around = {time + timedelta(seconds=off) for time in times for off in (-0.5, 0, 0.5)}
        return [self.now, self.now - timedelta(seconds=1.5), *sorted(around)[-12:]]

    def may(self, step: str, unit: Unit) -> bool:
        """Say whether a step would change a unit."""
        if step == "commit":
            return unit.is_held(self.now)
        if step == "release":
            return unit.is_held(self.now) or unit.is_committed
        return unit.is_committed

    def take(self, step: str, unit: Unit) -> None:
        """Do to a unit what the step does."""
        if not self.may(step, unit):
            return
        if step == "commit":
            unit.committed = self.now
        elif step == "release":
            unit.released = True
        else:
            unit.fulfilled = self.now

    def is_short(self, units: list[Unit]) -> bool:
        """Say whether what is held is no longer on some shelf that the ledger owns."""
        held = [unit for unit in units if unit.is_held(self.now)]
        for key in {unit.key for unit in held}:
            found = self.model.buckets(key, self.now)
            wanted = sum(unit.quantity for unit in held if unit.key == key)
            there = found.on_hand - found.unavailable - found.committed
            if self.model.shelves[key].owner is StockOwner.ENGINE and wanted > there:
                return True
        return False


def check(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        LedgerAgainstModel,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=(HealthCheck.too_slow,),
        ),
    )


def test_every_level_shows_what_the_plain_model_says() -> None:
    check(examples=100, steps=40)


@pytest.mark.soak
def test_every_level_shows_what_the_plain_model_says_for_long() -> None:
    check(examples=5_000, steps=80)
