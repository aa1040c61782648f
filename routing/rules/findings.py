"""What a check finds in a rule set: where, how bad, what is wrong, and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from routing.errors import RoutingError


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found.

    Attributes
    ----------
    severity
        With an error the rule set cannot be used; a warning deserves a look.
    path
        Of the key: ``"require[2].location"``; empty for the whole file.
    line, column
        Where it stands in the file, from 1.
    message
        What is wrong, then the way out.
    """

    severity: Severity
    path: str
    line: int
    column: int
    message: str

    def text(self, file_name: str) -> str:
        """Return the finding as a line that editors and people can follow."""
        where = f"{self.path}: " if self.path else ""
        return (
            f"{file_name}:{self.line}:{self.column}: {self.severity.value}: {where}{self.message}"
        )


class RuleSetError(RoutingError):
    """A rule set cannot be used; `findings` names every problem, and every warning too.

    Parameters
    ----------
    file_name
        What the text is called in messages.
    findings
        By line and column; at least one error.
    """

    def __init__(self, file_name: str, findings: Iterable[Finding]) -> None:
        self.file_name = file_name
        self.findings = in_order(findings)
        super().__init__("\n".join(each.text(file_name) for each in self.findings))


class RuleEvaluationError(RoutingError):
    """A condition has no answer for an order, for instance because it divides by zero.

    Parameters
    ----------
    rule
        Name of the rule.
    message
        What went wrong.
    """

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(f"rule {rule}: {message}")


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings by line and column, errors before warnings, each once."""
    distinct = dict.fromkeys(findings)
    return tuple(
        sorted(
            distinct,
            key=lambda each: (each.line, each.column, each.severity is Severity.WARNING),
        )
    )


def has_error(findings: Iterable[Finding]) -> bool:
    """Tell whether any finding is an error."""
    return any(each.severity is Severity.ERROR for each in findings)
