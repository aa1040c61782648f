"""Texts of rule sets as they come: small enough, and free of errors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from allocation.errors import RulesInvalidError
from allocation.server.codec.findings import Findings
from routing.errors import Violation
from routing.rules import Finding, RuleSet, Severity
from routing.rules.checking import check_rule_set

MOST_TEXT_BYTES: Final = 1 << 20


def check_size(text: str, path: str, findings: Findings, *, required: bool = True) -> None:
    """Refuse a text that is missing or larger than 1 MiB."""
    if required and not text:
        findings.refuse(path, "is missing; give the text of a rule set file")
    size = len(text.encode())
    if size > MOST_TEXT_BYTES:
        findings.refuse(path, f"has {size} bytes; give at most {MOST_TEXT_BYTES}")


def usable_rules(text: str, path: str, name: str) -> tuple[RuleSet, tuple[Finding, ...]]:
    """Return the rule set that a text says, with the warnings.

    Parameters
    ----------
    path
        Of the text in the request.
    name
        What plans call it.

    Raises
    ------
    RulesInvalidError
        With every error as a violation.
    """
    rule_set, findings = check_rule_set(text, name)
    if rule_set is None:
        raise invalid_rules(findings, path)
    return rule_set, findings


def invalid_rules(findings: Iterable[Finding], path: str) -> RulesInvalidError:
    """Return the error that names every error among the findings."""
    errors = [each for each in findings if each.severity is Severity.ERROR]
    violations = [
        Violation(f"{path}:{each.line}:{each.column}", _sentence(each)) for each in errors
    ]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return RulesInvalidError(
        f"{len(errors)} problem(s) in the rule set: {violations[0]}{more}",
        {"errors": str(len(errors))},
        violations,
    )


def _sentence(finding: Finding) -> str:
    return f"{finding.path}: {finding.message}" if finding.path else finding.message
