"""A plan told in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.cli.money_text import money_text
from allocation.cli.output.words import (
    Words,
    carrier_words,
    cost_words,
    delivery_words,
    distance_words,
    proof_words,
    unfilled_words,
)
from allocation.v1.alternative_pb2 import BaselineComparison
from allocation.v1.explanation_pb2 import Counterfactual, LineExplanation, Verdict
from allocation.v1.plan_pb2 import Plan


def plan_sentences(plan: Plan, words: Words) -> Iterator[str]:
    """Yield the lines of text that tell a plan.

    Parameters
    ----------
    plan
        What the server answered.
    words
        Names of the lines and locations in it.
    """
    count = len(plan.shipments)
    shipments = "nothing ships" if not count else f"{count} shipment{'' if count == 1 else 's'}"
    total = money_text(plan.cost.total, with_currency=True)
    yield f"{plan.order_id}: {shipments}, {total}; {proof_words(plan.proof)}"
    for shipment in plan.shipments:
        yield (
            f"  {words.contents(plan, shipment)} from {words.location(shipment.location_id)}: "
            f"{cost_words(shipment.cost)}; {carrier_words(shipment)}, "
            f"{distance_words(shipment)}, arrives {delivery_words(shipment)}"
        )
    for unfilled in plan.unfilled:
        yield f"  {unfilled_words(unfilled, words)}"
    yield from (f"  {sentence}" for sentence in _explanation(plan, words))
    if plan.HasField("baseline"):
        yield from (f"  {sentence}" for sentence in _baseline(plan.baseline))
    yield from (f"  note: {warning}" for warning in plan.warnings)


def _explanation(plan: Plan, words: Words) -> Iterator[str]:
    explanation = plan.explanation
    for line in explanation.lines:
        yield f"{line.line_id} could ship from {_eligible(line, words)}"
        refused = [each for each in line.verdicts if each.verdict != Verdict.VERDICT_ELIGIBLE]
        if refused:
            reasons = (f"{words.location(each.location_id)} ({each.detail})" for each in refused)
            yield f"{line.line_id} could not ship from {', '.join(reasons)}"
    if explanation.HasField("runner_up"):
        yield f"runner-up {_counterfactual(explanation.runner_up, words)}"
    for each in explanation.counterfactuals:
        if each != explanation.runner_up:
            yield _counterfactual(each, words)


def _eligible(line: LineExplanation, words: Words) -> str:
    names = [
        f"{words.location(each.location_id)}{' (chosen)' if each.chosen else ''}"
        for each in line.verdicts
        if each.verdict == Verdict.VERDICT_ELIGIBLE
    ]
    return ", ".join(names) or "nowhere"


def _baseline(comparison: BaselineComparison) -> Iterator[str]:
    label = comparison.label or "baseline"
    if comparison.HasField("cost"):
        cost, saving = money_text(comparison.cost.total), money_text(comparison.saving)
        yield f"{label} would cost {cost}: the plan saves {saving}"
    yield from (f"{label} cannot be priced: {problem}" for problem in comparison.problems)


def _counterfactual(each: Counterfactual, words: Words) -> str:
    condition = f"{'through' if each.forced else 'without'} {words.location(each.location_id)}"
    if not each.HasField("cost"):
        return f"{condition}: no allowed plan"
    return f"{condition}: {money_text(each.cost.total)} (+{money_text(each.extra_cost)})"
