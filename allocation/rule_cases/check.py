"""A rule set and its cases, checked together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allocation.rule_cases.coverage import unexercised
from allocation.rule_cases.read import ReadCases, read_cases
from allocation.rule_cases.run import CaseResult, Planner, run_cases
from routing.network import Network
from routing.rules import Finding, RuleSet, Severity
from routing.rules.findings import in_order
from routing.rules.parse import parse
from routing.rules.places import path_text


@dataclass(frozen=True, slots=True)
class CasesReport:
    """What the cases of a rule set came to.

    Attributes
    ----------
    findings
        What is wrong with the cases file, by line and column; then no case was run.
    results
        Of every case, in the file's order.
    uncovered
        Keys and rules of the rule set that no case exercises, as warnings about its file.
        Looked for only where all cases hold.
    """

    findings: tuple[Finding, ...]
    results: tuple[CaseResult, ...] = ()
    uncovered: tuple[Finding, ...] = ()

    @property
    def failures(self) -> tuple[Finding, ...]:
        """Every expectation that is not met."""
        return tuple(each for result in self.results for each in result.failures)


def check_cases(
    rule_set: RuleSet,
    text: str,
    network: Network | None,
    planner: Planner,
    *,
    coverage: bool = True,
) -> CasesReport:
    """Run the cases of a file under a rule set.

    Parameters
    ----------
    text
        The content of a cases file.
    network
        For a file without a network of its own.
    coverage
        Whether to look for what no case exercises, which plans every case many times.
    """
    cases, findings = read_cases(text, network)
    if cases is None:
        return CasesReport(findings)
    results = run_cases(rule_set, cases, planner)
    if not coverage or not all(each.passed for each in results):
        return CasesReport(findings, results)
    uncovered = in_order(_uncovered(rule_set, cases, planner))
    return CasesReport(findings, results, uncovered)


def _uncovered(rule_set: RuleSet, cases: ReadCases, planner: Planner) -> Iterator[Finding]:
    places = parse(rule_set.text, rule_set.name).places
    for path in unexercised(rule_set, cases, planner):
        place = places.of_key(path)
        message = "no case would fail without it; add one that does"
        yield Finding(Severity.WARNING, path_text(path), place.line, place.column, message)
