"""What a check of a rule set found, as lines for people and editors, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from allocation.rule_cases.check import CasesReport
from routing.rules import Finding, Severity

Located = tuple[str, Finding]


@dataclass(frozen=True, slots=True)
class RuleReport:
    """Everything that was found.

    Attributes
    ----------
    file, cases_file
        Paths as they were given; `cases_file` is ``None`` when no case was looked at.
    findings
        About the rule set.
    cases
        About its cases.
    """

    file: str
    findings: tuple[Finding, ...]
    cases_file: str | None = None
    cases: CasesReport = field(default_factory=lambda: CasesReport(()))

    @property
    def located(self) -> tuple[Located, ...]:
        """Every finding but failures of cases, with its file."""
        about_cases = self.cases_file or ""
        return (
            *((self.file, each) for each in self.findings),
            *((about_cases, each) for each in self.cases.findings),
            *((self.file, each) for each in self.cases.uncovered),
        )

    @property
    def errors(self) -> int:
        """How many errors keep the rule set or its cases from being used."""
        return sum(each.severity is Severity.ERROR for _, each in self.located)

    @property
    def warnings(self) -> int:
        """How many warnings there are."""
        return len(self.located) - self.errors

    @property
    def failed(self) -> int:
        """How many cases do not hold."""
        return sum(not each.passed for each in self.cases.results)


def report_text(report: RuleReport) -> str:
    """Return a line for each finding, and one that sums up."""
    return "\n".join([*_lines(report), _summary(report)])


def _lines(report: RuleReport) -> Iterator[str]:
    for file, finding in report.located:
        yield finding.text(file)
    for result in report.cases.results:
        for failure in result.failures:
            yield failure.text(report.cases_file or "")
        if result.because and result.failures:
            yield f"    expected because: {result.because}"
        yield from (f"    {reason}" for reason in result.reasons)


def _summary(report: RuleReport) -> str:
    count = len(report.cases.results)
    parts = [
        f"{report.errors} error(s)",
        f"{report.warnings} warning(s)",
        f"{count - report.failed} of {count} case(s) hold" if count else "no case was run",
    ]
    return f"{report.file}: {', '.join(parts)}"


def report_json(report: RuleReport) -> str:
    """Return the same as one JSON object."""
    document = {
        "file": report.file,
        "cases_file": report.cases_file,
        "errors": report.errors,
        "warnings": report.warnings,
        "failed_cases": report.failed,
        "findings": [_finding(file, each) for file, each in report.located],
        "cases": [
            {
                "name": each.name,
                "passed": each.passed,
                "failures": [_finding(report.cases_file or "", one) for one in each.failures],
                "reasons": list(each.reasons),
            }
            for each in report.cases.results
        ],
    }
    return json.dumps(document, indent=2)


def _finding(file: str, finding: Finding) -> dict[str, Any]:
    return {
        "file": file,
        "line": finding.line,
        "column": finding.column,
        "severity": finding.severity.value,
        "path": finding.path,
        "message": finding.message,
    }
