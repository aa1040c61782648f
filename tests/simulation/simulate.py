"""Runs a workload against killed and restarted servers, and audits what they have answered."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.fleet import Fleet
from tests.simulation.workload import Workload

Call = dict[str, Any]
Answer = dict[str, Any]

AT_ONCE = 16
STEPS_BETWEEN_AUDITS = 60
MOST_TRIES = 200
MOST_AHEAD_S = 0.015


@dataclass
class Report:
    """What happened in a simulation.

    Attributes
    ----------
    repeated
        Calls of which nobody knew what had become, and that were made again.
    unfilled
        Answers of planning that left units behind, since stock was short.
    states
        What has become of the rows of plans in the end.
    kinds
        Calls by kind.
    reasons
        Refusals by reason, each time that it was given.
    """

    seed: int
    steps: int = 0
    acknowledged: int = 0
    refused: int = 0
    plans: int = 0
    duplicates: int = 0
    kills: int = 0
    database_kills: int = 0
    repeated: int = 0
    audits: int = 0
    unfilled: int = 0
    states: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)


class Simulation:
    """One run.

    Parameters
    ----------
    fleet
        The servers.
    workload
        Draws the calls.
    kills
        How many servers to kill, spread over the run.
    kill_database
        Kills the database and brings it back; ``None``: there is none.
    database_kills
        How many times.
    """

    def __init__(
        self,
        fleet: Fleet,
        workload: Workload,
        *,
        kills: int,
        kill_database: Callable[[], None] | None = None,
        database_kills: int = 0,
    ) -> None:
        self._fleet = fleet
        self._workload = workload
        self._auditor = workload.auditor
        self._random = workload.random
        self._kills = kills
        self._kill_database = kill_database
        self._database_kills = database_kills
        self._tries: dict[int, int] = {}
        self._later: list[Call] = []
        self._look_number = 0
        self._report = Report(workload.seed)

    def run(self, steps: int) -> Report:
        """Run so many steps, then audit for the last time."""
        for call in self._workload.first():
            self._send(call)
        self._audit()
        kills = self._moments(steps, self._kills)
        database_kills = self._moments(steps, self._database_kills)
        while self._report.steps < steps:
            calls = [self._workload.draw() for _ in range(self._random.randint(1, 8))]
            self._report.steps += len(calls)
            self._random.shuffle(calls)
            for call in calls:
                self._send_perhaps_twice(call)
            if kills and self._report.steps >= kills[0]:
                kills.pop(0)
                self._kill()
            if database_kills and self._report.steps >= database_kills[0]:
                database_kills.pop(0)
                self._crash_database()
            if self._report.steps % STEPS_BETWEEN_AUDITS < len(calls):
                self._audit()
        self._audit(every_plan=True)
        self._report.acknowledged = self._auditor.acknowledged
        self._report.refused = self._auditor.refused
        self._report.plans = len(self._auditor.plans)
        for name in self._auditor.plans:
            for state in self._auditor.state_at(name, self._workload.newest):
                self._report.states[state] = self._report.states.get(state, 0) + 1
        return self._report

    def _moments(self, steps: int, number: int) -> list[int]:
        return sorted(self._random.randint(1, steps) for _ in range(number))

    def _send_perhaps_twice(self, call: Call) -> None:
        kinds = self._report.kinds
        kind = "replace" if call.get("replaces") else call["op"]
        kinds[kind] = kinds.get(kind, 0) + 1
        if call["op"] == "hold" and call["replaces"]:
            # What is replaced must be known, and left alone by all others.
            self._finish()
        self._send(call)
        if call["request"] and self._random.random() < 0.15:
            self._report.duplicates += 1
            again = {**call, "id": -call["id"]}
            if call.get("replaces") or self._random.random() < 0.5:
                self._send(again)
            else:
                self._later.append(again)
        if self._later and self._random.random() < 0.1:
            self._send_late()

    def _send_late(self) -> None:
        """Repeat something after much else that was asked for later."""
        call = self._later.pop(self._random.randrange(len(self._later)))
        # Where the first was refused, this would be done at an instant that feeds have told of.
        if call["request"] in self._auditor.first_answers:
            self._send(call)

    def _send(self, call: Call) -> None:
        while self._fleet.under_way >= AT_ONCE:
            self._take(*self._fleet.wait_for_answer())
        self._random.choice(self._fleet.servers).send(call)
        for answered in self._fleet.take_answers():
            self._take(*answered)

    def _take(self, call: Call, answer: Answer) -> None:
        """Take an answer; what is unknown is asked for again, as a client does."""
        error = answer.get("error")
        assert error != "INTERNAL", f"{call}: {answer}"
        if error:
            reasons = self._report.reasons
            reasons[error] = reasons.get(error, 0) + 1
        self._report.unfilled += answer.get("unfilled", False)
        if error == "LEDGER_UNAVAILABLE":
            tries = self._tries[call["id"]] = self._tries.get(call["id"], 0) + 1
            assert tries < MOST_TRIES, f"{call} is never answered"
            self._report.repeated += 1
            self._random.choice(self._fleet.servers).send(call)
        else:
            self._auditor.answered(call, answer)

    def _finish(self) -> None:
        while self._fleet.under_way:
            self._take(*self._fleet.wait_for_answer())

    def _kill(self) -> None:
        # Into the midst of what was just asked for.
        time.sleep(self._random.uniform(0, MOST_AHEAD_S))
        number = self._random.randrange(len(self._fleet.servers))
        answered, lost = self._fleet.kill(number)
        self._report.kills += 1
        for one in answered:
            self._take(*one)
        self._report.repeated += len(lost)
        for call in lost:
            self._send(call)
        self._audit(every_plan=True)

    def _crash_database(self) -> None:
        assert self._kill_database is not None
        self._kill_database()
        self._report.database_kills += 1
        self._audit(every_plan=True)

    def _audit(self, *, every_plan: bool = False) -> None:
        """Wait until nothing is under way, then compare what there is with the answers.

        All levels are looked at, and the plans that have changed since the last time or all
        of them: a hold that ran out meanwhile shows in the levels too.
        """
        self._finish()
        plans = list(self._auditor.plans if every_plan else self._auditor.changed)
        self._auditor.changed.clear()
        now = self._workload.instant_of_audit()
        for server in self._fleet.servers:
            self._look_number += 1
            server.send(
                {
                    "op": "look",
                    "id": f"look {self._look_number}",
                    "now": now,
                    "plans": plans,
                }
            )
        for _ in self._fleet.servers:
            _, look = self._fleet.wait_for_answer()
            assert "error" not in look, look
            self._auditor.check(look, now, self._workload.scarce, plans)
            self._report.audits += 1
        self._workload.settle(now)
