"""Who may ship: filters, hard or at a price."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from routing.rules.schema.base import ConditionText, Minor, Rule


class Require(Rule):
    """Where `when` holds, only locations for which `location` holds may ship."""

    when: ConditionText | None = Field(
        default=None,
        description="Condition on `order` and `line`: which lines the rule is about. Default: all.",
    )
    location: ConditionText = Field(
        description="Condition on `location`: who may ship those lines."
    )
    hard: bool = Field(
        default=True, description="false: other locations may ship too, at a price. Default true."
    )
    price_minor: Minor | None = Field(
        default=None,
        description="With hard: false: what shipping from elsewhere costs, in minor units.",
    )
    per: Literal["shipment", "line", "unit"] = Field(
        default="shipment",
        description="With hard: false: what the price is for. Default: shipment.",
    )
