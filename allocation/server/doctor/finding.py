"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How much a finding matters.

    OK
        Looked at, and fine.
    NOTE
        Worth knowing; nothing to do.
    WARNING
        A server would run, and something is going to hurt.
    ERROR
        A server would not start, or not do its work.
    """

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    check
        Which check found it: a key of `checks.CHECKS`.
    severity
        How much it matters.
    message
        What is so, with its numbers.
    way_out
        What to do about it; empty where nothing is to be done.
    """

    check: str
    severity: Severity
    message: str
    way_out: str = ""
