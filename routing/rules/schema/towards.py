"""How a location must lie towards the destination."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from routing.rules.schema.base import ConditionText, Rule

Relation = Literal["same_country", "crosses_border", "same_market", "pickup_location"]
Kilometres = Annotated[int, Field(ge=1, le=40_000)]


class Towards(Rule):
    """A rule about some lines and the locations that are so, seen from the destination."""

    when: ConditionText | None = Field(
        default=None,
        description="Condition on `order` and `line`: which lines the rule is about. Default: all.",
    )
    location: ConditionText | None = Field(
        default=None, description="Condition on `location`: which locations. Default: all."
    )
    destination: Relation | None = Field(
        default=None,
        description="Only locations in the destination's country; from which a shipment crosses a "
        "border, as far as both countries are known (a country and its territories, such as US and "
        "PR, count as one); in the destination's market (its country is "
        "among the location's markets), or the location where the shopper collects the line, which "
        "rules out transfers; of lines that are delivered, pickup_location asks nothing. Default: "
        "wherever they are.",
    )
    within_km: Kilometres | None = Field(
        default=None,
        description="Only locations at most that many kilometres from the destination; an "
        "unknown distance is too far. Default: at any distance.",
    )
