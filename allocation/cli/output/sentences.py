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
from allocation.v1.explanation_pb2 import Counterfactual
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
    yield from (f"  {sentence}" for sentence in _comparisons(plan))
    yield from (f"  note: {warning}" for warning in plan.warnings)


def _comparisons(plan: Plan) -> Iterator[str]:
    if plan.explanation.HasField("runner_up"):
        yield f"runner-up {_counterfactual(plan.explanation.runner_up)}"
    for each in plan.explanation.counterfactuals:
        yield f"why not: {_counterfactual(each)}"
    yield from plan.explanation.sentences
    if plan.HasField("baseline"):
        baseline = plan.baseline
        if baseline.HasField("cost"):
            cost, saving = money_text(baseline.cost.total), money_text(baseline.saving)
            yield f"{baseline.label or 'baseline'} would cost {cost}: the plan saves {saving}"
        for problem in baseline.problems:
            yield f"{baseline.label or 'baseline'} cannot be priced: {problem}"


def _counterfactual(each: Counterfactual) -> str:
    if not each.HasField("cost"):
        return f"{each.condition}: no allowed plan"
    return f"{each.condition}: {money_text(each.cost.total)} (+{money_text(each.extra_cost)})"
