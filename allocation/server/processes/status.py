"""What a worker tells its supervisor: lines of JSON through a pipe."""

from __future__ import annotations

import json
from dataclasses import dataclass

from allocation.server.health.condition import Condition, Report


@dataclass(frozen=True, slots=True)
class Status:
    """One message.

    Attributes
    ----------
    serving
        Whether the worker takes calls.
    report
        Its health.
    network_version, store
        As the log tells when a server is ready.
    """

    serving: bool
    report: Report
    network_version: int = 0
    store: str = ""

    def line(self) -> bytes:
        """Return the message as it goes through the pipe."""
        content = {
            "serving": self.serving,
            "live": self.report.live,
            "conditions": [[each.name, each.problem] for each in self.report.conditions],
            "network_version": self.network_version,
            "store": self.store,
        }
        return json.dumps(content).encode() + b"\n"


def parse_status(line: bytes) -> Status:
    """Return the message of a line."""
    content = json.loads(line)
    conditions = tuple(Condition(name, problem) for name, problem in content["conditions"])
    return Status(
        bool(content["serving"]),
        Report(bool(content["live"]), conditions),
        int(content["network_version"]),
        str(content["store"]),
    )
