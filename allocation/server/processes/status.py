"""What a worker tells its supervisor: lines of JSON through a pipe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from allocation.server.health.condition import Condition, Report


@dataclass(frozen=True, slots=True)
class Status:
    """One message.

    Attributes
    ----------
    pid
        Of the worker.
    serving
        Whether it takes calls.
    report
        Its health; ``None`` before it serves.
    network_version, store
        As the log tells when a server is ready.
    """

    pid: int
    serving: bool = False
    report: Report | None = None
    network_version: int = 0
    store: str = ""

    def line(self) -> bytes:
        """Return the message as it goes through the pipe."""
        report = self.report
        content = {
            "pid": self.pid,
            "serving": self.serving,
            "report": None
            if report is None
            else [report.live, [[each.name, each.problem] for each in report.conditions]],
            "network_version": self.network_version,
            "store": self.store,
        }
        return json.dumps(content).encode() + b"\n"


def parse_status(line: bytes) -> Status:
    """Return the message of a line."""
    content = json.loads(line)
    return Status(
        int(content["pid"]),
        bool(content["serving"]),
        None if content["report"] is None else _report(*content["report"]),
        int(content["network_version"]),
        str(content["store"]),
    )


def _report(live: bool, conditions: Sequence[tuple[str, str]]) -> Report:
    return Report(live, tuple(Condition(name, problem) for name, problem in conditions))
