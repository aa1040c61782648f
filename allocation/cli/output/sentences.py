"""A plan told in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

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
from allocation.v1.explanation_pb2 import (
    Counterfactual,
    LineConflict,
    LineExplanation,
    LineVerdict,
    Verdict,
)
from allocation.v1.plan_pb2 import Plan

MOST_NAMED: Final = 12
"""Locations of one list that are named."""


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
        yield from verdict_sentences(line, words)
    if explanation.HasField("runner_up"):
        yield f"runner-up {_counterfactual(explanation.runner_up, words)}"
    for each in explanation.counterfactuals:
        # What was asked about has a sentence of the server's, with the reason against it.
        if each != explanation.runner_up and not each.forced:
            yield _counterfactual(each, words)
    yield from (each for each in explanation.sentences if each.startswith("why not "))
    yield from (_conflict(each) for each in explanation.conflicts)


def verdict_sentences(line: LineExplanation, words: Words) -> Iterator[str]:
    """Yield where a line could ship from and where not, one sentence for each reason."""
    able = [each for each in line.verdicts if each.verdict == Verdict.VERDICT_ELIGIBLE]
    chosen_first = sorted(able, key=lambda each: not each.chosen)
    yield f"{line.line_id} could ship from {_listed(chosen_first, words) or 'nowhere'}"
    by_reason: dict[str, list[LineVerdict]] = {}
    for each in line.verdicts:
        if each.verdict != Verdict.VERDICT_ELIGIBLE:
            by_reason.setdefault(each.detail, []).append(each)
    for reason, verdicts in by_reason.items():
        yield f"{line.line_id} could not ship from {_listed(verdicts, words)}: {reason}"


def _listed(verdicts: Sequence[LineVerdict], words: Words) -> str:
    """Return the names of locations; of very many the first, and how many there are more."""
    names = [
        f"{words.location(each.location_id)}{' (chosen)' if each.chosen else ''}"
        for each in verdicts[:MOST_NAMED]
    ]
    more = len(verdicts) - len(names)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")


def _conflict(conflict: LineConflict) -> str:
    if not conflict.obstacles:
        return f"{conflict.line_id}: no rule, limit or stock that could change would fill it"
    told = " and ".join(each.detail for each in conflict.obstacles)
    sure = "" if conflict.smallest else " (not proven to be the least)"
    return f"{conflict.line_id} would be filled with {told}{sure}"


def _baseline(comparison: BaselineComparison) -> Iterator[str]:
    label = comparison.label or "baseline"
    if comparison.HasField("cost"):
        cost, saving = money_text(comparison.cost.total), money_text(comparison.saving)
        yield f"{label} would cost {cost}: the plan saves {saving}"
    yield from (f"{label} cannot be priced: {problem}" for problem in comparison.problems)


def _counterfactual(each: Counterfactual, words: Words) -> str:
    condition = f"without {words.location(each.location_id)}"
    if not each.HasField("cost"):
        return f"{condition}: no allowed plan"
    extra = money_text(each.extra_cost)
    change = extra if extra.startswith("-") else f"+{extra}"
    worse = f"; it is worse in {each.decided_by}" if each.decided_by else ""
    return f"{condition}: {money_text(each.cost.total)} ({change}){worse}"
