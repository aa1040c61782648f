"""What a template tells its supervisor: lines of JSON."""

from __future__ import annotations

import json
from typing import Final

LOADED: Final = b'{"loaded": true}\n'
"""Workers can be asked for."""


def ended(pid: int, exit_code: int) -> bytes:
    """Return what says that a worker has ended, and how; a negative number is a signal."""
    return json.dumps({"ended": pid, "exit_code": exit_code}).encode() + b"\n"


def parse_ended(line: bytes) -> tuple[int, int] | None:
    """Return the process id and the exit code; ``None`` if the line says something else."""
    content = json.loads(line)
    return (int(content["ended"]), int(content["exit_code"])) if "ended" in content else None
