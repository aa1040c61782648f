"""Why a plan is as it is."""

from __future__ import annotations

from typing import Final

from allocation.plan import Counterfactual, Explanation, LineVerdict
from allocation.server.codec.cost import encode_cost
from allocation.server.codec.decimal import encode_quantity
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.money import encode_money
from allocation.v1 import explanation_pb2
from routing.sourcing.verdict import Verdict

VERDICTS: Final = EnumTable(explanation_pb2.Verdict, "VERDICT", Verdict)


def encode_explanation(explanation: Explanation, currency: str) -> explanation_pb2.Explanation:
    """Return an explanation."""
    message = explanation_pb2.Explanation(
        lines=[
            explanation_pb2.LineExplanation(
                line_id=line.line_id, verdicts=[_verdict(each) for each in line.verdicts]
            )
            for line in explanation.lines
        ],
        counterfactuals=[_counterfactual(each, currency) for each in explanation.counterfactuals],
        sentences=explanation.sentences,
    )
    if explanation.runner_up is not None:
        message.runner_up.CopyFrom(_counterfactual(explanation.runner_up, currency))
    return message


def _verdict(verdict: LineVerdict) -> explanation_pb2.LineVerdict:
    return explanation_pb2.LineVerdict(
        location_id=verdict.location_id,
        verdict=VERDICTS.encode(verdict.verdict),
        rule=verdict.rule or "",
        detail=verdict.detail,
        available=encode_quantity(verdict.available),
        chosen=verdict.chosen,
    )


def _counterfactual(given: Counterfactual, currency: str) -> explanation_pb2.Counterfactual:
    message = explanation_pb2.Counterfactual(
        condition=given.condition, location_id=given.location_id, forced=given.forced
    )
    if given.cost is not None:
        message.cost.CopyFrom(encode_cost(given.cost, currency))
    if given.extra_minor is not None:
        message.extra_cost.CopyFrom(encode_money(given.extra_minor, currency))
    return message
