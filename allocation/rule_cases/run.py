"""Runs the cases of a rule set through the engine that decides live."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from allocation.engine_api import PlanningRequest, PlanningResult
from allocation.errors import EngineError
from allocation.plan import Plan
from allocation.rule_cases.compare import differences
from allocation.rule_cases.given import given_by
from allocation.rule_cases.read import ReadCases
from allocation.rule_cases.schema import Case
from routing.ids import LocationId
from routing.rules import Finding, RuleSet, Severity
from routing.rules.places import Path, path_text


class Planner(Protocol):
    """Plans one order: the engine that decides live."""

    def plan(self, request: PlanningRequest) -> PlanningResult:
        """Return where every unit of an order ships from."""
        ...


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What a case came to.

    Attributes
    ----------
    failures
        Where the plan is not what was expected; none when the case holds.
    reasons
        What the engine says of its plan, for people.
    """

    name: str
    because: str
    failures: tuple[Finding, ...] = ()
    reasons: tuple[str, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether the plan is what was expected."""
        return not self.failures


def run_cases(rule_set: RuleSet, cases: ReadCases, planner: Planner) -> tuple[CaseResult, ...]:
    """Return what every case comes to under a rule set, in the file's order."""
    return tuple(
        _run(rule_set, case, index, cases, planner) for index, case in enumerate(cases.file.cases)
    )


def _run(
    rule_set: RuleSet, case: Case, index: int, cases: ReadCases, planner: Planner
) -> CaseResult:
    given = given_by(case, cases.network, cases.file.now)
    at: Path = ("cases", index)
    try:
        plan = planner.plan(given.under(rule_set, explain=bool(case.expect.verdicts))).plan
        found = list(differences(case, plan))
        if not found:
            return CaseResult(case.name, case.because)
        missed = _missed(case, plan)
        asked = given.under(rule_set, explain=True, ask_about=missed)
        explanation = planner.plan(asked).plan.explanation
    except EngineError as error:
        failure = _finding(cases, at, case, f"cannot be planned: {error.message}")
        return CaseResult(case.name, case.because, (failure,))
    failures = tuple(_finding(cases, (*at, *path), case, message) for path, message in found)
    reasons = () if explanation is None else explanation.sentences
    return CaseResult(case.name, case.because, failures, reasons)


def _missed(case: Case, plan: Plan) -> list[LocationId]:
    """Return the locations that should ship and do not: the reader asks why not."""
    expected = {
        *(case.expect.ships_from or ()),
        *(each.from_ for each in case.expect.shipments or ()),
    }
    return sorted(map(LocationId, expected - {each.location_id for each in plan.shipments}))


def _finding(cases: ReadCases, path: Path, case: Case, message: str) -> Finding:
    place = cases.places.of(path)
    said = f"case {case.name} fails: {message}"
    return Finding(Severity.ERROR, path_text(path), place.line, place.column, said)


def all_hold(rule_set: RuleSet, cases: ReadCases, planner: Planner) -> bool:
    """Tell whether every case holds; ends at the first that does not."""
    return all(
        _run(rule_set, case, index, cases, planner).passed
        for index, case in enumerate(cases.file.cases)
    )
