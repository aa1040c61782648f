"""Why a plan is as it is."""

from __future__ import annotations

from typing import Final

from allocation.obstacle import Obstacle, ObstacleKind
from allocation.plan import Counterfactual, Explanation, LineVerdict
from allocation.server.codec.cost import encode_cost
from allocation.server.codec.decimal import encode_quantity
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.money import encode_money
from allocation.server.codec.shipment import NamesOnCard, encode_shipment
from allocation.service_choice import OtherService, ServiceVerdict
from allocation.v1 import explanation_pb2
from routing.sourcing.verdict import Verdict

VERDICTS: Final = EnumTable(explanation_pb2.Verdict, "VERDICT", Verdict)
OBSTACLES: Final = EnumTable(explanation_pb2.ObstacleKind, "OBSTACLE_KIND", ObstacleKind)


SERVICE_VERDICTS: Final = EnumTable(
    explanation_pb2.ServiceVerdict, "SERVICE_VERDICT", ServiceVerdict
)


def encode_explanation(
    explanation: Explanation, currency: str, names: NamesOnCard
) -> explanation_pb2.Explanation:
    """Return an explanation.

    Parameters
    ----------
    names
        Gives carrier and service as a rate card names them.
    """
    message = explanation_pb2.Explanation(
        lines=[
            explanation_pb2.LineExplanation(
                line_id=line.line_id, verdicts=[_verdict(each) for each in line.verdicts]
            )
            for line in explanation.lines
        ],
        counterfactuals=[_counterfactual(each, currency) for each in explanation.counterfactuals],
        sentences=explanation.sentences,
        conflicts=[
            explanation_pb2.LineConflict(
                line_id=each.line_id,
                obstacles=map(_obstacle, each.obstacles),
                smallest=each.smallest,
            )
            for each in explanation.conflicts
        ],
        service_choices=[
            explanation_pb2.ServiceChoice(
                shipment_number=each.shipment_number,
                others=[_other_service(other, currency, names) for other in each.others],
            )
            for each in explanation.service_choices
        ],
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


def _other_service(
    other: OtherService, currency: str, names: NamesOnCard
) -> explanation_pb2.OtherService:
    return explanation_pb2.OtherService(
        shipment=encode_shipment(other.shipment, currency, names),
        extra_cost=encode_money(other.extra_minor, currency),
        verdict=SERVICE_VERDICTS.encode(other.verdict),
    )


def _obstacle(obstacle: Obstacle) -> explanation_pb2.Obstacle:
    return explanation_pb2.Obstacle(
        kind=OBSTACLES.encode(obstacle.kind),
        detail=obstacle.detail,
        rule=obstacle.rule or "",
        inventory_item_id=obstacle.item_id or "",
        location_id=obstacle.location_id or "",
    )


def _counterfactual(given: Counterfactual, currency: str) -> explanation_pb2.Counterfactual:
    message = explanation_pb2.Counterfactual(
        condition=given.condition,
        location_id=given.location_id,
        forced=given.forced,
        location_ids=given.location_ids,
        decided_by=given.decided_by,
    )
    if given.cost is not None:
        message.cost.CopyFrom(encode_cost(given.cost, currency))
    if given.extra_minor is not None:
        message.extra_cost.CopyFrom(encode_money(given.extra_minor, currency))
    return message
