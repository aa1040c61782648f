"""Calls about lots, serials, kits and units that wait, drawn from one seed.

*Bread* comes in lots that expire, some of which are recalled. *Phone* has serials; units move, and
some are reported where they cannot be. *Box* has two components that have to stay together, *lid*
and *base*. Any of them may wait for supply: supply slips, and what comes in does so bit by bit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, Final

from tests.simulation.instants import EPOCH
from tests.simulation.told_apart.auditor import ToldApartAuditor

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
PLACES: Final = ("dallas", "reno")
ITEMS: Final = ("bread", "phone", "lid", "base")
PLAIN: Final = ("lid", "base")
LIMIT: Final = 9
"""Most units of an item that may wait, at both places together."""
SHELF_DAYS: Final = (2, 10, 20)
LASTS_DAYS: Final = (5, 15, 40)

Call = dict[str, Any]


class ToldApartWorkload:
    """Draws calls; instants are microseconds, each used once, forward with small steps back.

    Parameters
    ----------
    seed
        Of everything that is drawn.
    auditor
        Knows what has been answered.
    """

    def __init__(self, seed: int, auditor: ToldApartAuditor) -> None:
        self.seed = seed
        self.auditor = auditor
        self.random = Random(seed)
        self.newest = self.settled = 1_000 * SECOND
        self.scarce: dict[tuple[str, str], int] = {}
        self._used: set[int] = set()
        self._number = self._lots = self._serials = 0
        self._plans: list[str] = []
        self._known_lots: list[str] = []
        self._supply = {(item, place): self._fresh_supply() for item in ITEMS for place in PLACES}

    def first(self) -> list[Call]:
        """Return what stocks everything a little, and says what is on its way."""
        plain = [[item, place, "", 2, ""] for item in PLAIN for place in PLACES]
        lots = [["bread", place, self._lot(), 3, self._expiry()] for place in PLACES]
        calls = [self._call("stock", rows=[*plain, *lots])]
        calls += [self._feed(item, place) for item in ITEMS for place in PLACES]
        return calls

    def draw(self) -> Call:
        """Return the next call."""
        forced = self.auditor.recalled_plan(self._plans)
        if forced is not None:
            # Whoever has units of a recalled lot gives them back; nobody else may touch it.
            self._plans.remove(forced)
            return self._call("release", plan=forced, lines=[])
        kinds: dict[Callable[[], Call], int] = {
            self._hold: 30, self._commit: 25, self._fulfill: 10, self._release: 6,
            self._replace: 4, self._receive: 14, self._slip: 6, self._recall: 2, self._sweep: 4,
            self._move: 5,
        }  # fmt: skip
        (kind,) = self.random.choices(list(kinds), list(kinds.values()))
        return kind()

    def instant_of_audit(self) -> int:
        """Return the instant to audit at, once nothing is under way."""
        return self.newest + 1

    def settle(self, now: int) -> None:
        """Note that nothing is under way up to this instant."""
        self.settled = self.newest = now

    def sweep_of_audit(self) -> Call:
        """Return what writes down all that has run out, and gives out all that is free."""
        return {**self._call("sweep"), "request": "", "now": self.instant_of_audit()}

    def _instant(self) -> int:
        self.newest += round(self.random.choice((0, 0.2, 1, 1, 3)) * SECOND)
        instant = max(self.newest - round(self.random.uniform(0, 2) * SECOND), self.settled + 1)
        while instant in self._used:
            instant += 1
        self._used.add(instant)
        self.newest = max(self.newest, instant)
        return instant

    def _call(self, op: str, **rest: Any) -> Call:
        self._number += 1
        name = f"request {self._number}"
        return {"op": op, "id": self._number, "request": name, "now": self._instant(), **rest}

    def _hold(self, replaces: str = "") -> Call:
        rows: list[list[Any]] = []
        waiting: list[list[Any]] = []
        for line in range(self.random.choice((1, 1, 2))):
            self._want(str(line), rows, waiting)
        plan_id = f"plan {self._number}"
        self._plans.append(plan_id)
        call = self._call(
            "hold",
            plan=plan_id,
            rows=rows,
            waiting=waiting,
            replaces=replaces,
            priority=self.random.choice((0, 0, 3)),
        )
        call["expire"] = call["now"] + self.random.choice((20, 120, 600)) * SECOND
        return call

    def _want(self, line: str, rows: list[list[Any]], waiting: list[list[Any]]) -> None:
        """Add one line: of bread, of phones, or of boxes, there or to wait for."""
        place, count = self.random.choice(PLACES), self.random.randint(1, 2)
        what = self.random.choice(("bread", "phone", "box"))
        parts = [("lid", count), ("base", 2 * count)] if what == "box" else [(what, count)]
        for item, quantity in parts:
            if self.random.random() < 0.6:
                waiting.append([line, item, place, quantity, *self._terms(item, place)])
            elif item == "bread":
                lot = self.random.choice(self._known_lots[-4:])
                rows.append([line, item, place, lot, quantity, []])
            else:
                serials = self._known_serials(quantity) if item == "phone" else []
                rows.append([line, item, place, "", quantity, serials])

    def _terms(self, item: str, place: str) -> list[Any]:
        """Return when units are promised for, the limit, and how long they must last."""
        when = self.random.choice([None, *(when for _, when in self._supply[item, place])])
        days = self.random.choice(SHELF_DAYS) if item == "bread" else 0
        return [when, LIMIT, days]

    def _known_serials(self, quantity: int) -> list[str]:
        there = [f"S{number}" for number in range(max(0, self._serials - 8), self._serials)]
        return self.random.sample(there, quantity) if len(there) >= quantity else []

    def _replace(self) -> Call:
        known = [one for one in self._plans if one in self.auditor.plans]
        if not known:
            return self._hold()
        plan_id = self.random.choice(known[-12:])
        self._plans.remove(plan_id)
        return self._hold(plan_id)

    def _some_plan(self) -> str:
        known = [one for one in self._plans if one in self.auditor.plans]
        recent = known if known and self.random.random() < 0.8 else self._plans
        return self.random.choice(recent[-14:]) if recent else "plan of nobody"

    def _commit(self) -> Call:
        return self._call("commit", plan=self._some_plan())

    def _fulfill(self) -> Call:
        return self._call("fulfill", plan=self._some_plan())

    def _release(self) -> Call:
        lines = ["0"] if self.random.random() < 0.3 else []
        return self._call("release", plan=self._some_plan(), lines=lines)

    def _receive(self) -> Call:
        item, place = self.random.choice(ITEMS), self.random.choice(PLACES)
        quantity, lot, serials = self.random.randint(1, 3), "", list[str]()
        if item == "phone" and self.random.random() < 0.25:
            # They came back, or somebody is wrong about where they are.
            serials = self._known_serials(quantity)
        if item == "phone" and not serials:
            serials = [f"S{self._serials + number}" for number in range(quantity)]
            self._serials += quantity
        if item == "bread":
            # A lot comes with its date in a feed, once: later it could be a recalled one.
            rows = [["bread", place, self._lot(), quantity, self._expiry()]]
            return self._call("stock", rows=rows)
        return self._call(
            "receive", item=item, place=place, lot=lot, quantity=quantity, serials=serials
        )

    def _move(self) -> Call:
        place, to = self.random.sample(PLACES, 2)
        serials = self._known_serials(1)
        return self._call("move", item="phone", place=place, to=to, serials=serials, quantity=1)

    def _slip(self) -> Call:
        item, place = self.random.choice(ITEMS), self.random.choice(PLACES)
        self._supply[item, place] = self._fresh_supply()
        return self._feed(item, place)

    def _feed(self, item: str, place: str) -> Call:
        return self._call("feed", item=item, place=place, incoming=self._supply[item, place])

    def _fresh_supply(self) -> list[list[int]]:
        times = sorted(self.random.sample(range(2, 30), 2))
        return [[self.random.randint(1, 4), day * DAY] for day in times]

    def _recall(self) -> Call:
        # What comes in later is not recalled with what is there.
        there = sorted({lot for item, _, lot in self.auditor.came if item == "bread"})
        return self._call("recall", item="bread", lot=self.random.choice(there))

    def _sweep(self) -> Call:
        return {**self._call("sweep"), "request": ""}

    def _lot(self) -> str:
        self._lots += 1
        self._known_lots.append(f"L{self._lots}")
        return self._known_lots[-1]

    def _expiry(self) -> str:
        day = EPOCH.date() + timedelta(days=self.random.choice(LASTS_DAYS))
        return day.isoformat()
