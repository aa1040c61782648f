"""Where a plan is not what a case expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from allocation.optimize.solution import ProofStatus
from allocation.plan import Plan, PlannedShipment
from allocation.rule_cases.schema import Case, ExpectedVerdict
from routing.rules.places import Path

Shipped = Mapping[str, int]
Differences = Iterator[tuple[Path, str]]


def differences(case: Case, plan: Plan) -> Differences:
    """Yield the path of every expectation that the plan does not meet, and what is so instead."""
    if plan.proof.status is not ProofStatus.OPTIMAL:
        message = "the search ended before the plan was proven best; make the case smaller"
        yield ("order",), message
        return
    yield from _shipments(case, plan)
    yield from _unfilled(case, plan)
    for index, verdict in enumerate(case.expect.verdicts):
        yield from _verdict(verdict, plan, ("expect", "verdicts", index))
    total = case.expect.cost_minor
    if total is not None and total != plan.cost.total_minor:
        yield ("expect", "cost_minor"), f"expected {total}; the plan costs {plan.cost.total_minor}"
    terms = dict(plan.cost.terms)
    for name, amount in case.expect.terms.items():
        if terms.get(name, 0) != amount:
            there = ", ".join(f"{term} {minor}" for term, minor in plan.cost.terms) or "none"
            message = f"expected {amount}; it is {terms.get(name, 0)} (terms: {there})"
            yield ("expect", "terms", name), message


def _shipments(case: Case, plan: Plan) -> Differences:
    sent = [(str(each.location_id), _lines(plan, each)) for each in plan.shipments]
    if case.expect.shipments is not None:
        expected = [(each.from_, dict(each.lines)) for each in case.expect.shipments]
        if _sorted(expected) != _sorted(sent):
            message = f"expected {_words(expected)}; the plan sends {_words(sent)}"
            yield ("expect", "shipments"), message
    if case.expect.ships_from is not None:
        wanted, places = sorted(case.expect.ships_from), sorted({at for at, _ in sent})
        if wanted != places:
            message = f"expected {_list(wanted)}; the plan sends {_words(sent)}"
            yield ("expect", "ships_from"), message


def _lines(plan: Plan, shipment: PlannedShipment) -> dict[str, int]:
    return {
        str(line.line_id): part.quantity.increments
        for line in plan.lines
        for part in line.parts
        if part.shipment_number == shipment.number
    }


def _unfilled(case: Case, plan: Plan) -> Differences:
    expected = case.expect.unfilled or {}
    left = {str(each.line_id): each for each in plan.unfilled}
    for line, gap in expected.items():
        found = left.get(line)
        path: Path = ("expect", "unfilled", line)
        if found is None:
            yield path, f"expected {gap.units} unfilled; the plan fills the line"
            continue
        if found.quantity.increments != gap.units:
            yield path, f"expected {gap.units} unfilled; it is {found.detail}"
        if gap.reason is not None and gap.reason != found.reason.value:
            message = f"expected {gap.reason}; it is {found.reason.value}: {found.detail}"
            yield (*path, "reason"), message
    for line, found in left.items():
        if line not in expected:
            yield ("expect",), f"line {line} is not filled: {found.detail}"


def _verdict(expected: ExpectedVerdict, plan: Plan, path: Path) -> Differences:
    if plan.explanation is None:
        raise ValueError("a plan without explanation has no verdicts to compare")
    found = next(
        verdict
        for line in plan.explanation.lines
        if line.line_id == expected.line
        for verdict in line.verdicts
        if verdict.location_id == expected.location
    )
    said = found.verdict.name.lower()
    if said != expected.verdict:
        yield (*path, "verdict"), f"expected {expected.verdict}; it is {said}: {found.detail}"
    elif expected.rule is not None and expected.rule != found.rule:
        yield (*path, "rule"), f"expected rule {expected.rule}; it is {found.rule or 'no rule'}"


def _sorted(shipments: list[tuple[str, dict[str, int]]]) -> list[tuple[str, list[tuple[str, int]]]]:
    return sorted((place, sorted(lines.items())) for place, lines in shipments)


def _words(shipments: list[tuple[str, dict[str, int]]]) -> str:
    parts = [
        f"{', '.join(f'{units} {line}' for line, units in sorted(lines.items()))} from {place}"
        for place, lines in sorted(shipments, key=lambda each: each[0])
    ]
    return "; ".join(parts) or "nothing"


def _list(names: list[str]) -> str:
    return ", ".join(names) or "nothing"
