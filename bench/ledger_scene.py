"""What the ledger's benchmark works on: levels, orders, and where the ledger is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from allocation.ledger.commands import Hold, TakeStep
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import LevelKey
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.states import Step
from routing.ids import ItemId, LineId, LocationId

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
EXPIRES = NOW + timedelta(minutes=15)
PAYLOAD = b"p" * 600
"""As long as a stored plan of two lines."""

LINES = 2
HOT_LEVELS = 8
STRETCH_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ledger is: a file, or a schema of a database."""

    file: Path | None = None
    dsn: str = ""
    schema: str = ""

    def open(self) -> SqliteLedger | PostgresLedger:
        """Open the ledger."""
        if self.file is not None:
            return SqliteLedger(self.file, busy_timeout_s=60)
        return PostgresLedger(self.dsn, schema=self.schema, patience_s=60)


@dataclass(frozen=True, slots=True)
class Load:
    """Orders of two lines, each held and then committed.

    Attributes
    ----------
    levels
        How many there are; few: every order wants the same ones.
    orders
        Per process.
    clients
        Requests that wait for their answer at the same time, per process.
    """

    name: str
    levels: int
    orders: int
    clients: int
    processes: int
    seed: int

    @property
    def stock(self) -> int:
        """Units of each level: of a few, less than is wanted; of many, enough."""
        wanted = self.orders * self.processes * LINES / self.levels
        return round(0.9 * wanted) if self.levels <= HOT_LEVELS else 1_000_000

    def keys(self) -> list[LevelKey]:
        """Return every level."""
        return [
            LevelKey(ItemId(f"item-{number // 2:06}"), LocationId(f"location-{number % 2}"))
            for number in range(self.levels)
        ]

    def fill(self, place: Place) -> None:
        """Put the stock there."""
        ledger, keys = place.open(), self.keys()
        for begin in range(0, len(keys), STRETCH_ROWS):
            rows = [LevelRow(key, self.stock) for key in keys[begin : begin + STRETCH_ROWS]]
            ledger.set_levels(rows, now=NOW)
        ledger.close()

    def holds(self, process: int) -> Iterator[Hold]:
        """Yield one hold per order of a process."""
        random, keys = Random(f"{self.seed} {process}"), self.keys()
        for number in range(self.orders):
            plan_id = f"plan-{process}-{number:07}"
            rows = tuple(
                HoldRow(LineId(str(line)), 0, key, 1)
                for line, key in enumerate(random.sample(keys, LINES))
            )
            yield Hold(
                now=NOW,
                request_id=f"hold-{plan_id}",
                plan_id=plan_id,
                rows=rows,
                expire_time=EXPIRES,
                payload=PAYLOAD,
                caller_fingerprint=plan_id.encode(),
            )


def commit_of(hold: Hold) -> TakeStep:
    """Return what commits a hold."""
    return TakeStep(
        now=NOW,
        request_id=f"commit-{hold.plan_id}",
        step=Step.COMMIT,
        plan_id=hold.plan_id,
    )
