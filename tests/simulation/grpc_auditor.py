"""The auditor for answers that come by gRPC, which do not say when things were done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.auditor import Answer, Auditor, Call

Name = tuple[str, str, str, str]
"""Plan, line, item and location."""

LEFT_OR_LEAVING = ("committed", "fulfilled")


@dataclass
class GrpcAuditor(Auditor):
    """Takes the moment at which it first learns of something as the one at which it was done.

    Feeds tell of instants at which nothing is under way, so both are on the same side of them.
    """

    committed: dict[Name, int] = field(default_factory=dict)
    left: dict[Name, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def _take(self, call: Call, answer: Answer) -> None:
        if "revision" in answer:
            answer = {**answer, "rows": list(self._timed(answer))}
        elif call["op"] == "receive":
            call = {**call, "now": answer["came"]}
        super()._take(call, answer)

    def _timed(self, plan: Answer) -> Iterator[list[Any]]:
        gone: dict[Name, int] = defaultdict(int)
        for item, location, quantity, state, line in plan["rows"]:
            name = (plan["plan"], line, item, location)
            if state in LEFT_OR_LEAVING:
                self.committed.setdefault(name, plan["came"])
            if state == "fulfilled":
                gone[name] += quantity
            else:
                yield [item, location, quantity, state, self.committed.get(name), None]
        for name, units in gone.items():
            yield from self._left(name, units, plan["came"])

    def _left(self, name: Name, units: int, came: int) -> Iterator[list[Any]]:
        """Yield what has left, one row for each time that some did."""
        times = self.left[name]
        more = units - sum(known for known, _ in times)
        if more > 0:
            times.append((more, came))
        for known, time in times:
            part = min(known, units)
            units -= part
            if part:
                yield [name[2], name[3], part, "fulfilled", self.committed[name], time]
