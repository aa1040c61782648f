"""Works out what must be true from answers alone; knows nothing of the ledger's code.

The ledger's own figures are the last thing it looks at, and only to compare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

UNSAID = ("id", "replayed", "came")
"""What may differ between two answers to one request."""

Level = tuple[str, str]
Call = dict[str, Any]
Answer = dict[str, Any]


@dataclass
class Figures:
    """What a feed last said of a level, and when it was observed."""

    owner: str
    quantity: int = 0
    observed: int = -1


@dataclass
class Auditor:
    """Keeps the newest answer for each plan and every figure that was taken.

    `changed` has the plans that something has become of since it was last cleared.
    """

    plans: dict[str, Answer] = field(default_factory=dict)
    figures: dict[Level, Figures] = field(default_factory=dict)
    received: dict[Level, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    first_answers: dict[str, Answer] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    acknowledged: int = 0
    refused: int = 0

    def answered(self, call: Call, answer: Answer) -> None:
        """Take an answer; answers to the same request have to be the same."""
        if "error" in answer:
            self.refused += 1
            return
        self.acknowledged += 1
        if call["request"]:
            said = {name: what for name, what in answer.items() if name not in UNSAID}
            first = self.first_answers.setdefault(call["request"], said)
            assert said == first, f"{call} was answered in two ways: {first} and {said}"
            if said is not first:
                return
        self._take(call, answer)

    def _take(self, call: Call, answer: Answer) -> None:
        if "revision" in answer:
            self.changed.add(answer["plan"])
            known = self.plans.get(answer["plan"])
            if known is None or known["revision"] < answer["revision"]:
                self.plans[answer["plan"]] = answer
            if call["op"] == "hold" and call["replaces"]:
                self._replaced(call["replaces"])
        elif call["op"] == "feed":
            for number, (item, location, quantity) in enumerate(call["rows"]):
                figure = self.figures.setdefault((item, location), Figures(call["owner"]))
                if number not in answer["refused"] and call["observed"] > figure.observed:
                    figure.quantity, figure.observed = quantity, call["observed"]
        elif call["op"] == "receive":
            where = (call["item"], call["location"])
            self.received[where].append((call["now"], call["quantity"]))

    def _replaced(self, plan_id: str) -> None:
        """What was still open of a plan has been released by the one in its place."""
        plan = self.plans.get(plan_id)
        assert plan is not None, f"{plan_id} was replaced before it was there"
        self.changed.add(plan_id)
        rows = [
            [*row[:3], "released" if row[3] in ("held", "committed") else row[3], *row[4:]]
            for row in plan["rows"]
        ]
        self.plans[plan_id] = {**plan, "rows": rows, "revision": plan["revision"] + 1}

    def state_at(self, plan_id: str, now: int) -> list[str]:
        """Return what must have become of each row of a plan."""
        plan = self.plans[plan_id]
        is_over = plan["expire"] <= now
        return ["expired" if is_over and row[3] == "held" else row[3] for row in plan["rows"]]

    def expected(self, now: int) -> dict[Level, tuple[int, int, int]]:
        """Return on hand, held and committed of every level."""
        held: dict[Level, int] = defaultdict(int)
        committed: dict[Level, int] = defaultdict(int)
        left: dict[Level, int] = defaultdict(int)
        for plan_id, plan in self.plans.items():
            states = self.state_at(plan_id, now)
            for row, state in zip(plan["rows"], states, strict=True):
                self._count(row, state, held, committed, left)
        found = {}
        for where, figure in self.figures.items():
            came = sum(units for time, units in self.received[where] if time > figure.observed)
            on_hand = figure.quantity + came - left[where]
            found[where] = (on_hand, held[where], committed[where])
        return found

    def _count(
        self,
        row: list[Any],
        state: str,
        held: dict[Level, int],
        committed: dict[Level, int],
        left: dict[Level, int],
    ) -> None:
        item, location, quantity, _, commit_time, fulfill_time = row
        where = (item, location)
        figure = self.figures[where]
        is_mirror = figure.owner == "mirror"
        if state == "held":
            held[where] += quantity
        # The other system has taken account of what was committed before it looked.
        elif state == "committed" and not (is_mirror and commit_time <= figure.observed):
            committed[where] += quantity
        elif state == "fulfilled" and (
            commit_time > figure.observed if is_mirror else fulfill_time > figure.observed
        ):
            left[where] += quantity

    def promised(self, where: Level, now: int) -> int:
        """Return units of a level that somebody holds, owns or has got."""
        return sum(
            row[2]
            for plan_id, plan in self.plans.items()
            for row, state in zip(plan["rows"], self.state_at(plan_id, now), strict=True)
            if (row[0], row[1]) == where and state in ("held", "committed", "fulfilled")
        )

    def check(
        self,
        look: Answer,
        now: int,
        scarce: dict[Level, int],
        asked: Iterable[str] | None = None,
    ) -> None:
        """Compare with what a ledger shows when nothing is under way.

        Parameters
        ----------
        look
            Its levels, plans and audit.
        scarce
            Levels whose figure was told once, and their units.
        asked
            Plans that were to be looked at; ``None``: all of them.
        """
        assert look["audit"] == [], "the ledger's own audit"
        shown = {(item, place): tuple(rest) for item, place, *rest in look["levels"]}
        expected = self.expected(now)
        wrong = {where: (shown.get(where), figures) for where, figures in expected.items()}
        wrong = {where: pair for where, pair in wrong.items() if pair[0] != pair[1]}
        assert not wrong, f"levels, as shown and as they must be: {wrong}"
        assert shown.keys() == expected.keys(), "levels of nobody"
        for plan in look["plans"]:
            shown_units = _units(plan["rows"], [row[3] for row in plan["rows"]])
            known = self.plans[plan["plan"]]
            known_units = _units(known["rows"], self.state_at(plan["plan"], now))
            assert shown_units == known_units, f"{plan}, but by the answers {known}"
        there_are = {plan["plan"] for plan in look["plans"]}
        assert there_are == set(self.plans if asked is None else asked), "a plan is lost"
        for where, units in scarce.items():
            there = units + sum(more for _, more in self.received[where])
            promised = self.promised(where, now)
            assert promised <= there, f"{where}: {promised} promised of {there}"


def _units(rows: list[list[Any]], states: list[str]) -> dict[tuple[str, str, str], int]:
    """Return units by item, location and state."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for (item, location, quantity, *_), state in zip(rows, states, strict=True):
        found[item, location, state] += quantity
    return found
