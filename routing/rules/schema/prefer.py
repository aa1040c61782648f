"""Who should rather ship, or rather not: money on locations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from routing.rules.schema.base import ConditionText, Minor, Rule


class Prefer(Rule):
    """Where `when` holds, shipping from locations for which `location` holds costs more or less."""

    when: ConditionText | None = Field(
        default=None,
        description="Condition on `order` and `line`: which lines the rule is about. Default: all.",
    )
    location: ConditionText = Field(
        description="Condition on `location`: which locations the amount is for."
    )
    credit_minor: Minor | None = Field(
        default=None, description="What it is worth, in minor units; lowers the cost."
    )
    penalty_minor: Minor | None = Field(
        default=None, description="What it costs, in minor units; raises the cost."
    )
    per: Literal["shipment", "line", "unit"] = Field(
        default="shipment", description="What the amount is for. Default: shipment."
    )
