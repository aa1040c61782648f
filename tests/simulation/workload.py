"""Calls drawn from one seed: few levels and little stock, so that they get in each other's way.

Three kinds of items. *Scarce*: the figure is told once and only receipts add to it, so what is
promised can be compared with what there ever was. *Fed*: the ledger owns the figures and feeds
report them late and out of order. *Mirrored*: another system owns them and reports what is
available, net of the commitments that it knew of when it looked.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tests.simulation.auditor import Auditor, Level

SECOND = 1_000_000
LOCATIONS = ("dallas", "reno")
SCARCE = ("scarce-1", "scarce-2")
FED = ("fed-1", "fed-2")
MIRRORED = ("mirrored-1", "mirrored-2")
STOCK = 12

Call = dict[str, Any]


class Workload:
    """Draws calls; instants are microseconds, each used once, forward with small steps back.

    Parameters
    ----------
    seed
        Of everything that is drawn.
    auditor
        Knows what has been answered.
    """

    lasts_s: tuple[int, ...] = (2, 20, 120, 600)
    """How long holds last."""

    def __init__(self, seed: int, auditor: Auditor) -> None:
        self.seed = seed
        self.auditor = auditor
        self.random = Random(seed)
        self.newest = 1_000 * SECOND
        self.settled = self.newest
        self.scarce: dict[Level, int] = {
            (item, place): STOCK for item in SCARCE for place in LOCATIONS
        }
        self._used: set[int] = set()
        self._number = 0
        self._plans: list[str] = []
        self._backend = {(item, place): STOCK for item in MIRRORED for place in LOCATIONS}

    def first(self) -> list[Call]:
        """Return the feeds that stock everything."""
        engine = [[item, place, STOCK] for item in SCARCE + FED for place in LOCATIONS]
        mirror = [[item, place, STOCK] for item in MIRRORED for place in LOCATIONS]
        now = self._instant(0)
        return [self._feed("engine", engine, now, now), self._feed("mirror", mirror, now, now)]

    def draw(self) -> Call:
        """Return the next call."""
        kinds = self._kinds()
        (kind,) = self.random.choices(list(kinds), list(kinds.values()))
        return kind()

    def instant_of_audit(self) -> int:
        """Return the instant to audit at, once nothing is under way."""
        return self.newest + 1

    def settle(self, now: int) -> None:
        """Note that nothing is under way: what is known now was so up to this instant."""
        self.settled = self.newest = now

    def _kinds(self) -> dict[Callable[[], Call], int]:
        """Return what is drawn, and how often."""
        return {
            self._hold: 30, self._commit: 22, self._fulfill: 12, self._release: 8, self._extend: 5,
            self._replace: 4, self._feed_fed: 7, self._feed_mirrored: 7, self._receive: 4,
            self._sweep: 1,
        }  # fmt: skip

    def _instant(self, back_s: float) -> int:
        """Return an instant that nobody has used, a little after the newest or before it."""
        forward = self.random.choice((0, 0.2, 1, 1, 3))
        if self.random.random() < 0.01:
            forward = 90
        self.newest += round(forward * SECOND)
        instant = self.newest - round(self.random.uniform(0, back_s) * SECOND)
        # Never before what is settled: feeds tell of that.
        instant = max(instant, self.settled + 1)
        while instant in self._used:
            instant += 1
        self._used.add(instant)
        self.newest = max(self.newest, instant)
        return instant

    def _call(self, op: str, **rest: Any) -> Call:
        self._number += 1
        return {
            "op": op,
            "id": self._number,
            "request": f"request {self._number}",
            "now": self._instant(2),
            **rest,
        }

    def _lasting(self, call: Call) -> Call:
        lasts_s = self.random.choice(self.lasts_s)
        return {**call, "lasts": lasts_s, "expire": call["now"] + lasts_s * SECOND}

    def _rows(self) -> list[list[Any]]:
        levels = [(item, place) for item in SCARCE + FED + MIRRORED for place in LOCATIONS]
        chosen = self.random.sample(levels, self.random.choice((1, 1, 2, 3)))
        # A second row of the same level now and then: it is their sum that counts.
        chosen += self.random.sample(chosen, 1) if self.random.random() < 0.2 else []
        return [
            [str(number), 0, item, place, self.random.randint(1, 3)]
            for number, (item, place) in enumerate(chosen)
        ]

    def _hold(self, replaces: str = "") -> Call:
        plan_id = f"plan {self._number}"
        self._plans.append(plan_id)
        call = self._call("hold", plan=plan_id, rows=self._rows(), replaces=replaces)
        return self._lasting(call)

    def _replace(self) -> Call:
        # Only of what was acknowledged: the auditor has to know what is replaced, and nothing
        # else may be done to it meanwhile.
        known = [one for one in self._plans if one in self.auditor.plans]
        if not known:
            return self._hold()
        plan_id = self.random.choice(known[-12:])
        self._plans.remove(plan_id)
        return self._hold(plan_id)

    def _some_plan(self) -> str:
        recent = self._plans[-12:]
        return self.random.choice(recent) if recent else "plan of nobody"

    def _commit(self) -> Call:
        return self._call("commit", plan=self._some_plan())

    def _fulfill(self) -> Call:
        part = self.random.random() < 0.3
        return self._call("fulfill", plan=self._some_plan(), part=part)

    def _release(self) -> Call:
        lines = ["0"] if self.random.random() < 0.3 else []
        return self._call("release", plan=self._some_plan(), lines=lines)

    def _extend(self) -> Call:
        return self._lasting(self._call("extend", plan=self._some_plan()))

    def _receive(self) -> Call:
        item, place = self.random.choice(SCARCE + FED), self.random.choice(LOCATIONS)
        quantity = self.random.randint(1, 4)
        return self._call("receive", item=item, location=place, quantity=quantity)

    def _sweep(self) -> Call:
        return {**self._call("sweep"), "request": ""}

    def _feed_fed(self) -> Call:
        rows = [[item, place, self.random.randint(0, 20)] for item in FED for place in LOCATIONS]
        call = self._call("feed")
        observed = self._observed((0, 1, 5))
        return self._feed("engine", self._some(rows), call["now"], observed, call["id"])

    def _feed_mirrored(self) -> Call:
        """Report what the other system had available at an instant that is settled."""
        call = self._call("feed")
        observed = self._observed((0, 0, 2, 8))
        rows = []
        restocked = self.random.choice(list(self._backend))
        self._backend[restocked] += self.random.randint(0, 4)
        for (item, place), units in self._backend.items():
            taken = self._taken_by(observed, (item, place))
            rows.append([item, place, units - taken])
        return self._feed("mirror", self._some(rows), call["now"], observed, call["id"])

    def _observed(self, back_s: tuple[int, ...]) -> int:
        """Return an instant that a feed tells of.

        What servers with clocks that differ have under way is not what was looked at.
        """
        return self._unused(self.settled - self.random.choice(back_s) * SECOND)

    def _unused(self, instant: int) -> int:
        """Return an instant that nothing has happened at, at or a little before this one."""
        while instant in self._used:
            instant -= 1
        self._used.add(instant)
        return instant

    def _taken_by(self, instant: int, where: Level) -> int:
        """Return units that the other system knew to be committed at an instant."""
        return sum(
            row[2]
            for plan in self.auditor.plans.values()
            for row in plan["rows"]
            if (row[0], row[1]) == where
            and row[3] in ("committed", "fulfilled")
            and row[4] <= instant
        )

    def _some(self, rows: list[list[Any]]) -> list[list[Any]]:
        return self.random.sample(rows, self.random.randint(1, len(rows)))

    def _feed(
        self, owner: str, rows: list[list[Any]], now: int, observed: int, number: int = 0
    ) -> Call:
        if not number:
            self._number += 1
        number = number or self._number
        return {
            "op": "feed",
            "id": number,
            "request": f"request {number}",
            "owner": owner,
            "rows": rows,
            "now": now,
            "observed": observed,
        }
